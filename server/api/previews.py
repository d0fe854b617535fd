"""Plans without a run."""

from pydantic import BaseModel

from domain.companies import Company
from domain.launches import LaunchRequest
from domain.plans import Change
from server.api import docs
from server.api.bodies import JsonRoute
from server.api.parameters import Caller, ServiceHere
from server.lifecycle import previews

router = docs.operations("runs", route_class=JsonRoute)


class ProposedView(BaseModel):
    """What would be made for one company."""

    company: Company
    systems: tuple[str, ...]
    changes: tuple[Change, ...]


class PreviewView(BaseModel):
    """What a launch with this body would propose now.

    A request in words may mean several companies: the `others` get runs of their own. A launch
    would ask the `question` first; where that leaves open who is meant, there is no `company` yet.
    `notes` say what else the words hold.
    """

    company: Company | None
    systems: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    others: tuple[ProposedView, ...] = ()
    question: str | None = None
    notes: tuple[str, ...] = ()


@router.post("/api/v1/runs:preview", operation_id="preview")
async def preview(body: LaunchRequest, service: ServiceHere, caller: Caller) -> PreviewView:
    """Show the plan for a company without launching anything; nothing is written anywhere."""
    found = await previews.preview(service, body, caller)
    plans = [ProposedView(**vars(each)) for each in found.plans]
    first = vars(plans[0]) if plans else {"company": None}
    return PreviewView(**first, others=tuple(plans[1:]), question=found.question, notes=found.notes)
