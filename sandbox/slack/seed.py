"""A small workspace: one bot, two people of operations, a `general` channel."""

import time

from sandbox.seed import (
    SLACK_BOT_TOKEN,
    SLACK_NARROW_TOKEN,
    SLACK_OPS_USER_IDS,
    SLACK_PERSON_TOKEN,
)
from sandbox.store import Store

BOT_USER, TEAM = "U0AGENTOS0", "T0SANDBOX1"
SCOPES = (
    "channels:read,groups:read,channels:manage,groups:write,channels:history,groups:history,"
    "chat:write,users:read,users:read.email,conversations.connect:write,"
    "conversations.connect:manage"
)


def seed(store: Store) -> None:
    """Leaves alone what is there."""
    tokens = {
        SLACK_BOT_TOKEN: (SCOPES, BOT_USER),
        SLACK_NARROW_TOKEN: ("channels:read,groups:read,chat:write", BOT_USER),
        SLACK_PERSON_TOKEN: (SCOPES, SLACK_OPS_USER_IDS[0]),
    }
    for token, (scopes, user) in tokens.items():
        store.put("slack", "token", token, {"id": token, "scopes": scopes, "user": user})
    people = {BOT_USER: ("agentos", ""), SLACK_OPS_USER_IDS[0]: ("dana", "dana@example.com")}
    people[SLACK_OPS_USER_IDS[1]] = ("ilya", "ilya@example.com")
    for user, (name, email) in people.items():
        if store.get("slack", "user", user) is None:
            store.put("slack", "user", user, {"id": user, "name": name, "email": email})
    if store.get("slack", "channel", "C0GENERAL0") is None:
        store.put(
            "slack",
            "channel",
            "C0GENERAL0",
            {
                "id": "C0GENERAL0",
                "name": "general",
                "is_private": False,
                "is_archived": False,
                "creator": SLACK_OPS_USER_IDS[0],
                "created": int(time.time()),
                "topic": "",
                "purpose": "",
                "members": [SLACK_OPS_USER_IDS[0], BOT_USER],
            },
        )
