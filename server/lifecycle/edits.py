"""What an edit makes of a run's input, with the slug settled as at a launch."""

from domain.edits import PlanEdit, PlanInput
from domain.runs import RunState
from server.lifecycle import slugs
from server.lifecycle.service import Service
from server.store.transactions import Transaction


async def settled(service: Service, tx: Transaction, run: RunState, edit: PlanEdit) -> PlanInput:
    """The input that the next plan of this run is made from; `Invalid` when the edit is none."""
    company = None
    if edit.slug not in (None, run.company.slug):
        company = await slugs.settle(tx, run.company.name, edit.slug)
    return PlanInput(run.company, run.systems).edited(edit, service.systems, company)
