"""The question whether a plan may be carried out, as a message with buttons.

What others wrote stands in it as plain text only: there Slack makes no link and calls nobody.
"""

import json
from datetime import datetime, timedelta

from domain.decisions import OpenRequest
from systems.slack.client import Block, SlackClient
from systems.slack.options import ApprovalOptions
from systems.slack.text import cut

APPROVE, DENY = "agentos_approve", "agentos_deny"
EVENT = "agentos_approval"
_LONGEST_TEXT = 2_900  # Slack takes 3000 in a section
_LONGEST_NOTICE = 200
_SLACKS_CLOCK = timedelta(minutes=5)


class Approvals:
    """Messages in one channel; a message's time stamp is its place."""

    def __init__(self, client: SlackClient, options: ApprovalOptions) -> None:
        self._client = client
        self._channel = options.channel

    async def ask(self, run_id: str, request: OpenRequest) -> str:
        """Post the question."""
        blocks = [_text(request.description), _buttons(run_id, request)]
        payload = {"request_id": request.request_id}
        return await self._client.post(
            self._channel, _notice(request.description), EVENT, payload, blocks
        )

    async def find(self, request_id: str, since: datetime) -> str | None:
        """Where the question stands, if it was posted after `since`."""
        oldest = f"{(since - _SLACKS_CLOCK).timestamp():.6f}"
        async for message in self._client.messages(self._channel, oldest):
            data = message.metadata
            if data is None or data.event_type != EVENT:
                continue
            if data.event_payload.get("request_id") == request_id:
                return message.ts
        return None

    async def settle(self, place: str, description: str, outcome: str) -> None:
        """Say how it ended; the buttons go."""
        blocks = [_text(description), _text(outcome)]
        await self._client.rewrite(self._channel, place, _notice(outcome), blocks)

    async def tell(self, user: str, text: str) -> None:
        """Tell one person of the channel."""
        await self._client.whisper(self._channel, user, _notice(text))


def _notice(text: str) -> str:
    """The first line, as it is read out where no blocks are shown."""
    return cut(text.partition("\n")[0], _LONGEST_NOTICE)


def _text(text: str) -> Block:
    shown = text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
    return {"type": "section", "text": {"type": "plain_text", "text": shown, "emoji": False}}


def _buttons(run_id: str, request: OpenRequest) -> Block:
    value = json.dumps({"run_id": run_id, "digest": request.digest})

    def button(action: str, word: str, style: str) -> Block:
        label = {"type": "plain_text", "text": word}
        return {
            "type": "button",
            "action_id": action,
            "text": label,
            "style": style,
            "value": value,
        }

    both = [button(APPROVE, "Approve", "primary"), button(DENY, "Deny", "danger")]
    return {"type": "actions", "elements": both}
