"""Whether the process lives and whether it can work."""

from fastapi import Request
from fastapi.responses import JSONResponse

from server.api import docs
from server.api.parameters import ServiceHere
from server.api.problems import reply
from server.api.views import Liveness, ReadinessView
from server.auth.exchange import REQUEST_ID
from server.lifecycle.health import readiness

router = docs.operations("health", prefix="/health")


@router.get("/live", operation_id="live")
async def live() -> Liveness:
    """The process answers; restart it when this fails."""
    return Liveness()


@router.get(
    "/ready", operation_id="readiness", response_model=ReadinessView, responses=docs.READINESS
)
async def ready(request: Request, service: ServiceHere) -> ReadinessView | JSONResponse:
    """The service can work; send it no traffic while this fails."""
    found = await readiness(service)
    if found.ok:
        return ReadinessView(checks=found.checks)
    return reply(
        503,
        "not_ready",
        "A part of the service is not ready.",
        "Look at `checks`; it is asked again by itself.",
        request.scope[REQUEST_ID],
        checks=found.checks,
    )
