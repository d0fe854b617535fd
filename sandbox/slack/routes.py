"""The Web API: every method by GET or POST, form or JSON, answered with HTTP 200 and `ok`."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from sandbox.control import store_of
from sandbox.slack import conversations, messages
from sandbox.slack.call import Call, SlackError
from sandbox.slack.seed import BOT_USER, TEAM
from sandbox.store import Body


def auth_test(call: Call) -> Body:
    return {
        "url": f"{call.origin}/slack/",
        "team": "Sandbox",
        "user": "agentos",
        "team_id": TEAM,
        "user_id": call.user,
        "bot_id": "B0AGENTOS0",
        "is_enterprise_install": False,
    }


def lookup_by_email(call: Call) -> Body:
    call.scope("users:read.email")
    email = call.need("email").lower()
    for user in call.store.all("slack", "user"):
        if user["email"] == email:
            profile = {"email": email, "real_name": user["name"]}
            person = {"id": user["id"], "team_id": TEAM, "name": user["name"], "deleted": False}
            return {"user": {**person, "profile": profile, "is_bot": False}}
    raise SlackError("users_not_found")


def user_info(call: Call) -> Body:
    call.scope("users:read")
    found = call.store.get("slack", "user", call.need("user"))
    if found is None:
        raise SlackError("user_not_found")
    named = {"real_name": found["name"], "display_name": found["name"], "team": TEAM}
    shown = {"id": found["id"], "team_id": TEAM, "name": found["name"], "profile": named}
    return {"user": {**shown, "deleted": found.get("deleted", False), "is_bot": False}}


METHODS: dict[str, Callable[[Call], Body]] = {
    "auth.test": auth_test,
    "chat.delete": messages.delete,
    "chat.postEphemeral": messages.post_ephemeral,
    "chat.postMessage": messages.post,
    "chat.update": messages.update,
    "conversations.archive": conversations.archive,
    "conversations.create": conversations.create,
    "conversations.history": messages.history,
    "conversations.info": conversations.info,
    "conversations.invite": conversations.invite,
    "conversations.inviteShared": messages.invite_shared,
    "conversations.join": conversations.join,
    "conversations.list": conversations.list_all,
    "conversations.listConnectInvites": messages.list_invites,
    "conversations.members": conversations.members,
    "conversations.rename": conversations.rename,
    "conversations.setPurpose": conversations.set_purpose,
    "conversations.setTopic": conversations.set_topic,
    "conversations.unarchive": conversations.unarchive,
    "users.info": user_info,
    "users.lookupByEmail": lookup_by_email,
}


def router() -> APIRouter:
    """All methods behind one route, as they share one calling convention."""
    routes = APIRouter()

    @routes.api_route("/{method}", methods=["GET", "POST"])
    async def call(method: str, request: Request) -> JSONResponse:
        try:
            who = await _caller(request)
            handler = METHODS.get(method)
            if handler is None:
                raise SlackError("unknown_method", req_method=method)
            headers = {"x-oauth-scopes": ",".join(sorted(who.scopes))}
            return JSONResponse({"ok": True, **handler(who)}, headers=headers)
        except SlackError as error:
            return JSONResponse(error.body)

    return routes


async def _caller(request: Request) -> Call:
    store, args = store_of(request), await _arguments(request)
    header = request.headers.get("authorization", "")
    token = header.removeprefix("Bearer ").strip() or str(args.pop("token", ""))
    if not token:
        raise SlackError("not_authed")
    known = store.get("slack", "token", token)
    if known is None:
        raise SlackError("invalid_auth")
    origin = str(request.base_url).rstrip("/")
    user = known.get("user", BOT_USER)
    return Call(store, args, user, frozenset(known["scopes"].split(",")), origin)


async def _arguments(request: Request) -> dict[str, Any]:
    args: dict[str, Any] = dict(request.query_params)
    body = await request.body()
    if not body:
        return args
    kind = request.headers.get("content-type", "")
    if "json" in kind:
        try:
            data = json.loads(body)
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(data, dict):
            raise SlackError("json_not_object")
        return args | data
    return args | dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
