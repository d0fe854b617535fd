"""Somebody who receives webhooks on this machine: checks, counts, and can be away."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response

from server.api.signatures import Signatures
from tests.sandbox_server import served

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@dataclass
class Inbox:
    """What came, by id; `answers` are used up one a request, then it is 204."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    came: list[str] = field(default_factory=list)
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def types(self) -> list[str]:
        """The types of what was received, by number."""
        said = sorted(self.messages.values(), key=lambda each: int(each["data"]["seq"]))
        return [str(each["type"]) for each in said]

    async def receive(self, request: Request) -> Response:
        body = await request.body()
        Signatures((SECRET,)).check(request.headers, body)
        message_id = request.headers["webhook-id"]
        self.came.append(message_id)
        status = self.answers.pop(0) if self.answers else 204
        if status < 300:
            self.messages[message_id] = json.loads(body)
        return Response(status_code=status, headers={"location": self.url})

    @contextmanager
    def there(self) -> Iterator[None]:
        """Listens while inside; the second time at the address that it had."""
        app = FastAPI()
        app.post("/in")(self.receive)
        port = int(self.url.rpartition(":")[2].partition("/")[0]) if self.url else 0
        with served(app, port) as origin:
            self.url = f"{origin}/in"
            yield
