"""The API as the commands use it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from domain.errors import AgentOSError

Json = dict[str, Any]
_LOCAL = ("127.0.0.1", "localhost", "::1")


class Unreachable(AgentOSError):
    """Nobody answers at the address."""

    code = "unreachable"
    advice = "Start it with `agentos dev`, or set AGENTOS_URL to its address."


class Refusal(AgentOSError):
    """The server's problem, in its own words; `status` is the HTTP status."""

    def __init__(self, status: int, problem: Json) -> None:
        winner = problem.get("winner")
        detail = str(problem.get("detail", "The server refused."))
        if winner:
            detail = f"{detail} ({winner['decided_at']}, by {winner['door']})"
        for name, said in (problem.get("checks") or {}).items():
            detail += "" if said == "ok" else f" {name}: {said}"
        super().__init__(detail, advice=str(problem.get("advice", "")))
        self.status, self.code = status, str(problem.get("code", "refused"))


@dataclass
class Client:
    """Calls that raise `Unreachable` or `Refusal`, and return the answer's JSON."""

    url: str
    key: str = field(default="", repr=False)
    timeout_seconds: float = 70.0
    _http: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        local = httpx.URL(self.url).host in _LOCAL
        proof = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        patience = httpx.Timeout(self.timeout_seconds)
        self._http = httpx.Client(
            base_url=self.url, headers=proof, timeout=patience, trust_env=not local
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def call(self, method: str, path: str, body: Json | None = None, **query: Any) -> Any:
        """One request to the API."""
        return self._json(self._sent(method, path, query, json=body))

    def upload(self, path: str, content: bytes, media_type: str, **query: Any) -> Any:
        """Send a file."""
        headers = {"Content-Type": media_type}
        return self._json(self._sent("POST", path, query, content=content, headers=headers))

    def text(self, path: str) -> str:
        """What stands at an address, as it is."""
        return self._sent("GET", path, {}).text

    def _sent(self, method: str, path: str, query: Json, **more: Any) -> httpx.Response:
        given = {name: value for name, value in query.items() if value not in (None, [])}
        try:
            answer = self._http.request(method, path, params=given, **more)
        except httpx.HTTPError as error:
            raise self._nobody() from error
        if not answer.is_success:
            raise self._refusal(answer)
        return answer

    def _json(self, answer: httpx.Response) -> Any:
        try:
            return answer.json()
        except ValueError as error:
            raise self._stranger(answer) from error

    def run(self, run_id: str) -> Json:
        """One run."""
        found: Json = self.call("GET", f"/api/v1/runs/{run_id}")
        return found

    def events(self, run_id: str, after: int = 0) -> Iterator[Json]:
        """Every event above `after` as it happens, until the run has ended.

        A connection that breaks is taken up again at the last event seen.
        """
        while True:
            try:
                for event in self._stream(run_id, after):
                    after = event["seq"]
                    yield event
            except httpx.TransportError as error:
                self._still_there(error)
                continue
            if self.run(run_id)["version"] <= after:
                return

    def say(
        self, thread_id: str, message: str, shown: str | None = None
    ) -> Iterator[tuple[str, Json]]:
        """The parts of the supervisor's answer as they come, each with its name.

        A yes is about the proposal whose digest was `shown`.
        """
        body = {"message": message} | ({"shown": shown} if shown else {})
        try:
            yield from self._frames("POST", f"/api/v1/chat/{thread_id}", body)
        except httpx.HTTPError as error:
            raise self._nobody() from error

    def _stream(self, run_id: str, after: int) -> Iterator[Json]:
        seen = {"Last-Event-ID": str(after)}
        for _, event in self._frames("GET", f"/api/v1/runs/{run_id}/events", headers=seen):
            yield event

    def _frames(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        headers: dict[str, str] | None = None,
    ) -> Iterator[tuple[str, Json]]:
        accept = {"Accept": "text/event-stream", **(headers or {})}
        with self._http.stream(method, path, json=body, headers=accept) as answer:
            if not answer.is_success:
                answer.read()
                raise self._refusal(answer)
            name = "message"
            for line in answer.iter_lines():
                if line.startswith("event:"):
                    name = line.removeprefix("event:").strip()
                elif line.startswith("data:"):
                    yield name, json.loads(line.removeprefix("data:"))

    def _still_there(self, error: Exception) -> None:
        try:
            self._http.get("/health/live")
        except httpx.HTTPError:
            raise self._nobody() from error

    def _refusal(self, answer: httpx.Response) -> AgentOSError:
        if "application/problem+json" in answer.headers.get("content-type", ""):
            return Refusal(answer.status_code, answer.json())
        return self._stranger(answer)

    def _nobody(self) -> Unreachable:
        return Unreachable(f"No AgentOS server answers at {self.url}.")

    def _stranger(self, answer: httpx.Response) -> Unreachable:
        said = f"it said {answer.status_code}"
        return Unreachable(f"What answers at {self.url} is no AgentOS server: {said}.")
