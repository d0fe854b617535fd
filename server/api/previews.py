"""Plans without a run."""

from fastapi import APIRouter
from pydantic import BaseModel

from domain.companies import Company
from domain.launches import LaunchRequest
from domain.plans import Change
from server.api.bodies import JsonRoute
from server.api.parameters import Caller, ServiceHere
from server.lifecycle import previews

router = APIRouter(tags=["runs"], route_class=JsonRoute)


class PreviewView(BaseModel):
    """What a launch with this body would propose now."""

    company: Company
    systems: tuple[str, ...]
    changes: tuple[Change, ...]


@router.post("/api/v1/runs:preview", operation_id="preview")
async def preview(body: LaunchRequest, service: ServiceHere, caller: Caller) -> PreviewView:
    """Show the plan for a company without launching anything; nothing is written anywhere."""
    found = await previews.preview(service, body, caller)
    return PreviewView(company=found.company, systems=found.systems, changes=found.changes)
