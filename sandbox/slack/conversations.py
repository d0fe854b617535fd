"""conversations.*: one namespace for public, private and archived names."""

import re
import time
from typing import Any

from sandbox.slack.call import Call, SlackError
from sandbox.store import Body

_NAME = re.compile(r"[a-z0-9_-]+")
_PUNCTUATION = re.compile(r"[_-]+")


def view(call: Call, channel: Body) -> Body:
    """A conversation object, as a list of them has it."""
    return {
        "id": channel["id"],
        "name": channel["name"],
        "name_normalized": channel["name"],
        "is_channel": not channel["is_private"],
        "is_group": channel["is_private"],
        "is_im": False,
        "is_mpim": False,
        "is_private": channel["is_private"],
        "is_archived": channel["is_archived"],
        "is_general": channel["name"] == "general",
        "is_shared": False,
        "is_org_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": any(
            one["channel"] == channel["id"] for one in call.store.all("slack", "connect_invite")
        ),
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "shared_team_ids": ["T0SANDBOX1"],
        "context_team_id": "T0SANDBOX1",
        "created": channel["created"],
        "updated": channel["created"] * 1000,
        "creator": channel["creator"],
        "unlinked": 0,
        "previous_names": channel.get("previous_names", []),
        "is_member": call.user in channel["members"],
        "topic": _text(channel, "topic"),
        "purpose": _text(channel, "purpose"),
    }


def _text(channel: Body, field: str) -> Body:
    value = channel[field]
    set_by, set_at = (channel["creator"], channel["created"]) if value else ("", 0)
    return {"value": value, "creator": set_by, "last_set": set_at}


def _counted(call: Call, channel: Body) -> Body:
    return view(call, channel) | {"num_members": len(channel["members"])}


def _changed(call: Call, channel: Body) -> Body:
    """The answer of a write to the channel."""
    return {"channel": view(call, channel) | {"last_read": "0000000000.000000"}}


def _check_name(call: Call, name: str) -> None:
    if len(name) > 80:
        raise SlackError("invalid_name_maxlength")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name_specials")
    if _PUNCTUATION.fullmatch(name):
        raise SlackError("invalid_name_punctuation")
    if any(channel["name"] == name for channel in call.store.all("slack", "channel")):
        raise SlackError("name_taken")


def create(call: Call) -> Body:
    private = call.flag("is_private")
    call.scope("groups:write" if private else "channels:manage")
    name = str(call.args.get("name") or "")
    if not name:
        raise SlackError("invalid_name_required")
    _check_name(call, name)
    channel = {
        "id": f"C0SB{call.store.next_id('slack', 'channel'):07d}",
        "name": name,
        "is_private": private,
        "is_archived": False,
        "creator": call.user,
        "created": int(time.time()),
        "topic": "",
        "purpose": "",
        "members": [call.user],
    }
    call.save(channel)
    answer = _changed(call, channel)
    answer["channel"]["priority"] = 0
    return answer


def list_all(call: Call) -> Body:
    call.scope("channels:read", "groups:read")
    types = str(call.args.get("types") or "public_channel").split(",")
    unarchived_only = call.flag("exclude_archived")
    found = [
        channel
        for channel in call.store.all("slack", "channel")
        if ("private_channel" if channel["is_private"] else "public_channel") in types
        and not (channel["is_private"] and call.user not in channel["members"])
        and not (unarchived_only and channel["is_archived"])
    ]
    return call.page(found, "channels", lambda channel: _counted(call, channel))


def info(call: Call) -> Body:
    call.scope("channels:read", "groups:read")
    shown = _counted if call.flag("include_num_members") else view
    return {"channel": shown(call, call.channel())}


def rename(call: Call) -> Body:
    """Only by who made the channel: an app is no administrator (Slack's documentation)."""
    channel = call.channel(member=True)
    call.scope("groups:write" if channel["is_private"] else "channels:manage")
    if channel["is_archived"]:
        raise SlackError("is_archived")
    if channel["creator"] != call.user:
        raise SlackError("not_authorized")
    name = call.need("name")
    if name != channel["name"]:
        _check_name(call, name)
    earlier = [*channel.get("previous_names", []), channel["name"]]
    channel |= {"name": name, "previous_names": earlier}
    call.save(channel)
    return _changed(call, channel)


def archive(call: Call) -> Body:
    channel = call.channel(member=True)
    call.scope("groups:write" if channel["is_private"] else "channels:manage")
    if channel["is_archived"]:
        raise SlackError("already_archived")
    if channel["name"] == "general":
        raise SlackError("cant_archive_general")
    members = [user for user in channel["members"] if user != call.user]
    call.save(channel | {"is_archived": True, "members": members})
    return {}


def unarchive(call: Call) -> Body:
    """Archiving ejected the bot, so it can never take part in bringing a channel back."""
    call.need("channel")
    raise SlackError("not_in_channel")


def _set(call: Call, field: str) -> Body:
    channel = call.channel(member=True)
    call.scope("groups:write" if channel["is_private"] else "channels:manage")
    if channel["is_archived"]:
        raise SlackError("is_archived")
    text = str(call.args.get(field) or "")
    if len(text) > 250:
        raise SlackError("too_long")
    channel |= {field: text}
    call.save(channel)
    return _changed(call, channel)


def set_purpose(call: Call) -> Body:
    return _set(call, "purpose")


def set_topic(call: Call) -> Body:
    return _set(call, "topic")


def invite(call: Call) -> Body:
    channel = call.channel(member=True)
    call.scope("groups:write" if channel["is_private"] else "channels:manage")
    if channel["is_archived"]:
        raise SlackError("is_archived")
    users = call.need("users").split(",")
    errors: list[dict[str, Any]] = []
    for user in users:
        if call.store.get("slack", "user", user) is None:
            errors.append({"user": user, "ok": False, "error": "user_not_found"})
        elif user == call.user:
            errors.append({"user": user, "ok": False, "error": "cant_invite_self"})
        elif user in channel["members"]:
            errors.append({"user": user, "ok": False, "error": "already_in_channel"})
    if errors and not call.flag("force"):
        raise SlackError(errors[0]["error"], errors=errors)
    refused = {error["user"] for error in errors}
    channel["members"] = [*channel["members"], *(u for u in users if u not in refused)]
    call.save(channel)
    return _changed(call, channel)


def members(call: Call) -> Body:
    call.scope("channels:read", "groups:read")
    channel = call.channel()
    return call.page([{"u": user} for user in channel["members"]], "members", lambda m: m["u"])


def join(call: Call) -> Body:
    channel = call.channel()
    if channel["is_private"]:
        raise SlackError("method_not_supported_for_channel_type")
    if channel["is_archived"]:
        raise SlackError("is_archived")
    if call.user in channel["members"]:
        warning = "already_in_channel"
        told = {"warning": warning, "response_metadata": {"warnings": [warning]}}
        return {"channel": view(call, channel), **told}
    channel["members"] = [*channel["members"], call.user]
    call.save(channel)
    return {"channel": view(call, channel)}
