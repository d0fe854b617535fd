"""The approval webhook."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request, Response

from domain.decisions import Answer, DecisionKind
from domain.scopes import DEFAULT_TENANT, Scope
from server.api import docs
from server.api.bodies import JsonRoute
from server.api.moves import moved
from server.api.parameters import Caller, IfVersion, ServiceHere
from server.api.schemas import ApprovalWebhook
from server.api.signatures import Signatures
from server.api.views import RunView
from server.auth.exchange import ACTOR
from server.lifecycle import decisions
from server.lifecycle.messages import Message
from server.lifecycle.service import Actor

PATH = "/webhooks/approval"
_MAY = frozenset({Scope.APPROVER})


def _message(request: Request) -> Message | None:
    return cast("Message | None", request.state.message)


def router(signatures: Signatures) -> APIRouter:
    """The webhook at its short address and under the API's own; both are the same door."""

    class SignedRoute(JsonRoute):
        """Asks who sent this before anything else is read or looked up."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def signed(request: Request) -> Response:
                message = signatures.check(request.headers, await request.body())
                tenant = message.tenant if message else DEFAULT_TENANT
                request.state.message = message
                request.scope[ACTOR] = Actor(
                    "", "webhook", tenant, scopes=_MAY, unproved=message is None
                )
                return await handle(request)

            return signed

    routes = docs.operations("webhooks", route_class=SignedRoute)
    routes.post(f"/api/v1{PATH}", operation_id="decide", responses=docs.WEBHOOK)(decide)
    routes.post(PATH, include_in_schema=False)(decide)
    return routes


async def decide(
    body: ApprovalWebhook,
    service: ServiceHere,
    sender: Caller,
    response: Response,
    version: IfVersion,
    message: Annotated[Message | None, Depends(_message)],
) -> RunView:
    """Approve or deny the plan of a run, signed as Standard Webhooks says.

    Answered once the decision is stored: who did not hear that sends the same message again, under
    the same id and signed anew. What is not signed anew is a replay, and refused.
    """
    kind = DecisionKind.APPROVE if body.approved else DecisionKind.DENY
    answer = Answer(kind=kind, reason=body.reason, digest=body.digest)
    responder = replace(sender, name=body.responder)
    run, replayed = await decisions.decide(
        service, body.run_id, answer, responder, if_version=version, message=message
    )
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return moved(response, run)
