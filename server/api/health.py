"""Whether the process lives, and whether it can do its work."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from server.api.paths import TheService
from server.lifecycle.health import readiness

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", operation_id="live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get(
    "/ready", operation_id="ready", responses={503: {"description": "`checks` says what is wrong."}}
)
async def ready(service: TheService) -> JSONResponse:
    """Everything that is needed is up."""
    found = await readiness(service)
    body = {"status": "ok" if found.ok else "unavailable", "checks": found.checks}
    headers = {} if found.ok else {"Retry-After": "1"}
    return JSONResponse(body, status_code=200 if found.ok else 503, headers=headers)
