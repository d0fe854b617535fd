"""chat.postMessage and what can be read back; Slack Connect invitations."""

import json
import time

from sandbox.slack.call import Call, SlackError
from sandbox.store import Body


def post(call: Call) -> Body:
    call.scope("chat:write")
    channel = call.channel()
    if channel["is_archived"]:
        raise SlackError("is_archived")
    if call.user not in channel["members"]:
        raise SlackError("not_in_channel")
    text = str(call.args.get("text") or "")
    if not text and not call.args.get("blocks"):
        raise SlackError("no_text")
    number = call.store.next_id("slack", "message")
    ts = f"{int(time.time())}.{number:06d}"
    message = {
        "id": f"{channel['id']}:{ts}",
        "channel": channel["id"],
        "ts": ts,
        "user": call.user,
        "text": text,
        "metadata": _metadata(call),
        "blocks": call.args.get("blocks") or [],
    }
    call.store.put("slack", "message", message["id"], message)
    return {"channel": channel["id"], "ts": ts, "message": _view(message, with_metadata=True)}


def _metadata(call: Call) -> Body | None:
    raw = call.args.get("metadata")
    if not raw:
        return None
    try:
        data = json.loads(raw) if isinstance(raw, str) else raw
        return {"event_type": data["event_type"], "event_payload": data["event_payload"]}
    except (ValueError, KeyError, TypeError):
        raise SlackError("invalid_metadata_format") from None


def _view(message: Body, *, with_metadata: bool) -> Body:
    body = {
        "type": "message",
        "user": message["user"],
        "bot_id": "B0AGENTOS0",
        "app_id": "A0AGENTOS0",
        "team": "T0SANDBOX1",
        "ts": message["ts"],
        "text": message["text"],
    }
    if message.get("blocks"):
        body["blocks"] = message["blocks"]
    if with_metadata and message["metadata"]:
        body["metadata"] = message["metadata"]
    return body


def update(call: Call) -> Body:
    """The whole message is replaced; only its author may do that."""
    call.scope("chat:write")
    channel, ts = call.channel(), call.need("ts")
    message = call.store.get("slack", "message", f"{channel['id']}:{ts}")
    if message is None:
        raise SlackError("message_not_found")
    if message["user"] != call.user:
        raise SlackError("cant_update_message")
    new = {"text": call.need("text"), "blocks": call.args.get("blocks") or []}
    call.store.put("slack", "message", message["id"], message | new)
    return {"channel": channel["id"], "ts": ts, "text": new["text"]}


def post_ephemeral(call: Call) -> Body:
    """Seen by one person of the channel only, and in no history."""
    call.scope("chat:write")
    channel, user = call.channel(), call.need("user")
    if user not in channel["members"]:
        raise SlackError("user_not_in_channel")
    number = call.store.next_id("slack", "ephemeral")
    body = {"id": str(number), "channel": channel["id"], "user": user, "text": call.need("text")}
    call.store.put("slack", "ephemeral", number, body)
    return {"message_ts": f"{int(time.time())}.{number:06d}"}


def delete(call: Call) -> Body:
    call.scope("chat:write")
    channel, ts = call.channel(), call.need("ts")
    if not call.store.delete("slack", "message", f"{channel['id']}:{ts}"):
        raise SlackError("message_not_found")
    return {"channel": channel["id"], "ts": ts}


def history(call: Call) -> Body:
    channel = call.channel(member=True)
    call.scope("groups:history" if channel["is_private"] else "channels:history")
    oldest = float(call.args.get("oldest") or 0)
    stored = call.store.all("slack", "message")
    found = [m for m in stored if m["channel"] == channel["id"] and float(m["ts"]) > oldest]
    with_metadata = call.flag("include_all_metadata")
    body = call.page(
        found[::-1], "messages", lambda message: _view(message, with_metadata=with_metadata)
    )
    more = bool(body["response_metadata"]["next_cursor"])
    return {**body, "has_more": more, "pin_count": 0}


def invite_shared(call: Call) -> Body:
    """One e-mail address a call; a second invitation while one is open is refused."""
    call.scope("conversations.connect:write")
    channel, email = call.channel(member=True), call.need("emails").lower()
    for invite in call.store.all("slack", "connect_invite"):
        if invite["channel"] == channel["id"] and invite["email"] == email:
            raise SlackError("connection_limit_exceeded_pending")
    number = call.store.next_id("slack", "connect_invite")
    invite = {"id": f"I0SB{number:07d}", "channel": channel["id"], "email": email}
    call.store.put("slack", "connect_invite", invite["id"], invite)
    return {
        "invite_id": invite["id"],
        "conf_code": "sandbox",
        "url": "",
        "is_legacy_shared_channel": False,
    }


def list_invites(call: Call) -> Body:
    call.scope("conversations.connect:manage")
    invites = [
        {
            "direction": "outgoing",
            "status": "pending",
            "invite_type": "channel",
            "channel": {"id": invite["channel"], "is_im": False, "is_private": True},
            "invite": {"id": invite["id"], "recipient_email": invite["email"]},
        }
        for invite in call.store.all("slack", "connect_invite")
    ]
    return {"invites": invites}
