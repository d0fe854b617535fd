"""The help desk itself: a server that keeps queues by name."""

from dataclasses import dataclass, field

from fastapi import Body, FastAPI, Header, HTTPException

TOKEN = "helpdesk-secret"


@dataclass
class Desk:
    """`queues` are what it holds, `writes` the calls that have changed it."""

    queues: dict[str, str] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/queues")
        async def listed(authorization: str = Header()) -> list[dict[str, str]]:
            _check(authorization)
            return [{"name": name, "note": note} for name, note in self.queues.items()]

        @app.post("/queues", status_code=201)
        async def opened(
            name: str = Body(), note: str = Body(), authorization: str = Header()
        ) -> None:
            _check(authorization)
            if name in self.queues:
                raise HTTPException(409)
            self.queues[name] = note
            self.writes.append(f"open {name}")

        @app.delete("/queues/{name}", status_code=204)
        async def closed(name: str, authorization: str = Header()) -> None:
            _check(authorization)
            if self.queues.pop(name, None) is None:
                raise HTTPException(404)
            self.writes.append(f"close {name}")

        return app


def _check(authorization: str) -> None:
    if authorization != f"Bearer {TOKEN}":
        raise HTTPException(401)
