"""What the routes share: the service, and the run named in the path."""

import re
from typing import Annotated

from fastapi import Depends, Path, Request

from domain.errors import NotFound
from server.lifecycle.service import Service

_RUN_ID = re.compile(r"run_[0-9a-z]{22}")


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def checked_run_id(run_id: str) -> str:
    """Anything that cannot be an id is simply not found."""
    if not _RUN_ID.fullmatch(run_id):
        raise NotFound("There is no run with this id.")
    return run_id


async def _run_id(run_id: Annotated[str, Path(description="The id of a run.")]) -> str:
    return checked_run_id(run_id)


TheService = Annotated[Service, Depends(_service)]
RunId = Annotated[str, Depends(_run_id)]
