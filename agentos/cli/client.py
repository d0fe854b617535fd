"""The API as the commands use it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from domain.errors import AgentOSError

Json = dict[str, Any]
_LOCAL = ("127.0.0.1", "localhost", "::1")


class Unreachable(AgentOSError):
    """Nobody answers at the address."""

    code = "unreachable"
    advice = "Start the server with `agentos dev`, or set AGENTOS_URL to its address."


class Refusal(AgentOSError):
    """The server's problem, in its own words; `status` is the HTTP status."""

    def __init__(self, status: int, problem: Json) -> None:
        winner = problem.get("winner")
        detail = str(problem.get("detail", "The server refused."))
        if winner:
            detail = f"{detail} ({winner['decided_at']}, by {winner['door']})"
        super().__init__(detail, advice=str(problem.get("advice", "")))
        self.status, self.code = status, str(problem.get("code", "refused"))


@dataclass
class Client:
    """Calls that raise `Unreachable` or `Refusal`, and return the answer's JSON."""

    url: str
    _http: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        local = httpx.URL(self.url).host in _LOCAL
        self._http = httpx.Client(base_url=self.url, timeout=70.0, trust_env=not local)

    def call(self, method: str, path: str, body: Json | None = None, **query: Any) -> Any:
        """One request to the API."""
        given = {name: value for name, value in query.items() if value not in (None, [])}
        try:
            answer = self._http.request(method, path, json=body, params=given)
        except httpx.HTTPError as error:
            raise Unreachable(f"No AgentOS server answers at {self.url}.") from error
        if not answer.is_success:
            raise Refusal(answer.status_code, _problem(answer))
        return answer.json()

    def run(self, run_id: str) -> Json:
        """One run."""
        found: Json = self.call("GET", f"/api/v1/runs/{run_id}")
        return found

    def settle(self, run_id: str, seconds: float = 60) -> Json:
        """The run once it is parked or ended."""
        found: Json = self.call("GET", f"/api/v1/runs/{run_id}/wait", timeout=seconds)
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

    def _stream(self, run_id: str, after: int) -> Iterator[Json]:
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(after)}
        path = f"/api/v1/runs/{run_id}/events"
        with self._http.stream("GET", path, headers=headers) as answer:
            if not answer.is_success:
                answer.read()
                raise Refusal(answer.status_code, _problem(answer))
            for line in answer.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line.removeprefix("data:"))

    def _still_there(self, error: Exception) -> None:
        try:
            self._http.get("/health/live")
        except httpx.HTTPError:
            raise Unreachable(f"The server at {self.url} went away.") from error


def _problem(answer: httpx.Response) -> Json:
    try:
        body = answer.json()
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {"detail": f"The server said {answer.status_code}."}
