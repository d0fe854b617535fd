"""One Web API call: its arguments, who makes it, and how it says no."""

from dataclasses import dataclass
from typing import Any

from sandbox.store import Body, Store


class SlackError(Exception):
    """Answered as HTTP 200 with `ok: false`, as Slack does."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.body = {"ok": False, "error": error, **extra}


@dataclass(frozen=True)
class Call:
    """`origin` is the address under which the client reached the sandbox."""

    store: Store
    args: dict[str, Any]
    user: str
    scopes: frozenset[str]
    origin: str

    def need(self, name: str) -> str:
        """A required argument."""
        value = self.args.get(name)
        if value in (None, ""):
            raise SlackError(
                "invalid_arguments", response_metadata={"messages": [f"[ERROR] {name}"]}
            )
        return str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name, default)
        return value in (True, "true", "True", "1", 1)

    def scope(self, *any_of: str) -> None:
        """`missing_scope` with what was needed and what the token has."""
        if not self.scopes & set(any_of):
            provided = ",".join(sorted(self.scopes))
            raise SlackError("missing_scope", needed=any_of[0], provided=provided)

    def channel(self, *, member: bool = False) -> Body:
        """The channel named by `channel`, if this bot can see it."""
        found = self.store.get("slack", "channel", self.need("channel"))
        if found is None or (found["is_private"] and self.user not in found["members"]):
            raise SlackError("channel_not_found")
        if member and self.user not in found["members"]:
            raise SlackError("not_in_channel")
        return found

    def save(self, channel: Body) -> None:
        self.store.put("slack", "channel", channel["id"], channel)

    def page(self, items: list[Body], key: str, view: Any) -> Body:
        """One page in Slack's manner: an opaque cursor, empty at the end."""
        limit = min(int(self.args.get("limit") or 100), 1000)
        cursor = str(self.args.get("cursor") or "")
        if cursor and not cursor.startswith("sandbox:"):
            raise SlackError("invalid_cursor")
        start = int(cursor.removeprefix("sandbox:") or 0)
        more = start + limit < len(items)
        following = f"sandbox:{start + limit}" if more else ""
        return {
            key: [view(item) for item in items[start : start + limit]],
            "response_metadata": {"next_cursor": following},
        }
