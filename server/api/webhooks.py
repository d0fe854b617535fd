"""The approval webhook: another service brings a person's decision."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.exceptions import HTTPException

from domain.decisions import Answer, DecisionKind
from server.api import documents, etag, signatures
from server.api.paths import TheService, checked_run_id
from server.api.schemas import ApprovalWebhook
from server.api.views import RunView
from server.lifecycle.decisions import decide
from server.lifecycle.service import Actor

router = APIRouter(tags=["webhooks"])
DOOR = "webhook"


async def _signed(request: Request) -> None:
    """401 for any fault of the signature, before anything is looked up."""
    state: Any = request.app.state
    if state.webhook_secrets:
        body = await request.body()
        if signatures.valid(request.headers, body, state.webhook_secrets):
            return
    elif state.unsigned_webhook_allowed:
        return
    raise HTTPException(401, "The signature of this webhook is missing or wrong")


@router.post("/webhooks/approval", include_in_schema=False)
@router.post(
    "/api/v1/webhooks/approval",
    operation_id="approval_webhook",
    response_model=RunView,
    responses=documents.errors(401, 409, 413, 415),
)
async def approval(
    _: Annotated[None, Depends(_signed)],
    body: ApprovalWebhook,
    service: TheService,
    response: Response,
) -> RunView:
    """Approve or deny the plan that a run waits with. The first valid decision wins."""
    answer = Answer(
        kind=DecisionKind.APPROVE if body.approved else DecisionKind.DENY,
        reason=body.reason,
        digest=body.digest,
    )
    run_id = checked_run_id(body.run_id)
    decided = await decide(service, run_id, answer, Actor(body.responder, DOOR))
    response.headers["ETag"] = etag.tag(decided.run.version)
    return RunView.of(decided.run)
