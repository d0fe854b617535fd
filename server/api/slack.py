"""Buttons in Slack: a decision that a person makes where the plan was put to them."""

import hashlib
import hmac
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.background import BackgroundTask

from domain.decisions import Answer, DecisionKind
from domain.errors import AgentOSError, SystemFault
from domain.scopes import Scope
from server.api import docs
from server.api.errors import Malformed, Unauthenticated
from server.api.parameters import ServiceHere
from server.lifecycle import decisions
from server.lifecycle.service import Actor, Service

PATH = "/webhooks/slack/interactive"
TOLERANCE_SECONDS = 300
_log = logging.getLogger("agentos.api")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_KINDS = {"agentos_approve": DecisionKind.APPROVE, "agentos_deny": DecisionKind.DENY}
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["payload"],
                    "properties": {"payload": {"type": "string"}},
                }
            }
        },
    }
}

Tell = Callable[[str, str], Awaitable[None]]


class _Loose(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _User(_Loose):
    id: str


class _Action(_Loose):
    action_id: str
    value: str = ""


class _Pressed(_Loose):
    """Of what Slack sends, what is needed."""

    type: str
    user: _User
    actions: list[_Action] = Field(min_length=1)


class _Meant(_Loose):
    """What our button says: the run, and the plan that was shown."""

    run_id: str
    digest: str


@dataclass(frozen=True)
class SlackDoor:
    """`people` are those of Slack's users who may decide, by id, with their names here; `tell` says
    something to one of them. `clock` gives seconds since 1970."""

    signing_secret: str
    people: Mapping[str, str]
    tell: Tell
    clock: Callable[[], float] = time.time

    def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """`Unauthenticated` unless Slack has signed this within the last five minutes."""
        at = headers.get("x-slack-request-timestamp", "")
        given = headers.get("x-slack-signature", "").encode("latin-1", "replace")
        signed = f"v0:{at}:".encode("latin-1", "replace") + body
        mac = hmac.new(self.signing_secret.encode(), signed, hashlib.sha256).hexdigest()
        genuine = hmac.compare_digest(f"v0={mac}".encode(), given)
        recent = _TIMESTAMP.fullmatch(at) and abs(self.clock() - int(at)) <= TOLERANCE_SECONDS
        if not (self.signing_secret and genuine and recent):
            raise Unauthenticated("The signature of this request was not accepted.")


def router(door: SlackDoor) -> APIRouter:
    """The address that the app's settings in Slack name as its request URL."""
    routes = docs.operations("webhooks")

    @routes.post(PATH, operation_id="slack", responses=docs.SLACK, openapi_extra=_FORM)
    async def pressed(request: Request, service: ServiceHere) -> Response:
        """A button was pressed. Slack gives three seconds, so what is to be said comes later."""
        body = await request.body()
        door.check(request.headers, body)
        press = _read(body)
        said = await _decide(service, door, press)
        task = BackgroundTask(_tell, door, press.user.id, said) if said else None
        return Response(status_code=200, background=task)

    return routes


def _read(body: bytes) -> _Pressed:
    try:
        (payload,) = parse_qs(body.decode(), strict_parsing=True, max_num_fields=20)["payload"]
        return _Pressed.model_validate_json(payload)
    except (ValueError, KeyError, ValidationError) as error:
        raise Malformed("This is not what Slack sends for a button.") from error


async def _decide(service: Service, door: SlackDoor, press: _Pressed) -> str | None:
    """What the person is to be told; None when the message itself will say it."""
    action = press.actions[0]
    kind = _KINDS.get(action.action_id)
    name = door.people.get(press.user.id)
    if press.type != "block_actions" or kind is None:
        return None
    if name is None:
        return "You may not decide here; ask to be added to SLACK_APPROVERS."
    try:
        meant = _Meant.model_validate_json(action.value)
        answer = Answer(kind=kind, digest=meant.digest)
        actor = Actor(name, "slack", scopes=frozenset({Scope.APPROVER}))
        await decisions.decide(service, meant.run_id, answer, actor)
    except ValidationError as error:
        raise Malformed("The button's value is none of ours.") from error
    except AgentOSError as error:
        return f"{error.message} {error.advice}"
    return None


async def _tell(door: SlackDoor, user: str, said: Any) -> None:
    try:
        await door.tell(user, str(said))
    except SystemFault as fault:
        _log.warning("somebody in Slack was not told why: %s", fault.message)
