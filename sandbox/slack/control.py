"""The sandbox's own switch for Slack: somebody presses a button of a message."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import httpx
from fastapi import APIRouter, HTTPException, Request

from sandbox.control import store_of
from sandbox.slack.seed import TEAM
from sandbox.store import Body

router = APIRouter(prefix="/_sandbox/slack")


@router.post("/press")
async def press(request: Request) -> dict[str, Any]:
    """`{"message", "action_id", "user", "url", "secret"}`: what Slack then sends to `url`, signed.

    Answers with the status that came back.
    """
    asked = await request.json()
    message = store_of(request).get("slack", "message", asked["message"])
    user = store_of(request).get("slack", "user", asked["user"])
    if message is None or user is None:
        raise HTTPException(404, "There is no such message or user.")
    buttons = [e for block in message["blocks"] for e in block.get("elements", ())]
    button = next((e for e in buttons if e.get("action_id") == asked["action_id"]), None)
    if button is None:
        raise HTTPException(404, "The message has no such button.")
    body = urlencode({"payload": json.dumps(_payload(message, user, button))}).encode()
    at = str(int(time.time()))
    base = b"v0:" + at.encode() + b":" + body
    mac = hmac.new(asked["secret"].encode(), base, hashlib.sha256).hexdigest()
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": at,
        "x-slack-signature": f"v0={mac}",
    }
    async with httpx.AsyncClient(trust_env=False, timeout=3.0) as client:
        answer = await client.post(asked["url"], content=body, headers=headers)
    return {"status": answer.status_code, "body": body.decode(), "headers": headers}


def _payload(message: Body, user: Body, button: Body) -> Body:
    return {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "sandbox"},
        "user": {"id": user["id"], "username": user["name"], "team_id": TEAM},
        "channel": {"id": message["channel"], "name": "ops"},
        "container": {
            "type": "message",
            "message_ts": message["ts"],
            "channel_id": message["channel"],
        },
        "actions": [
            {
                "type": "button",
                "action_id": button["action_id"],
                "block_id": "b1",
                "value": button["value"],
                "action_ts": f"{time.time():.6f}",
            }
        ],
    }
