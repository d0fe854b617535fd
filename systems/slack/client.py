"""The calls to Slack, through the vendor's own client."""

import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from domain.codes import ErrorCode
from domain.errors import SystemFault
from systems.sight import hear
from systems.slack.faults import error_name, garbled, lacks, translate
from systems.slack.models import (
    Channel,
    ChannelAnswer,
    ChannelPage,
    ConnectInvite,
    Identity,
    Invited,
    InvitePage,
    MemberPage,
    Message,
    MessagePage,
    Page,
    Posted,
    User,
    UserAnswer,
)
from systems.slack.options import Connect, SlackOptions

# At DEBUG it writes what is sent and what comes back, and some of that holds an e-mail address.
logging.getLogger("slack_sdk").setLevel(logging.WARNING)

Block = dict[str, Any]
PAGE_SIZE = 999
"""Items asked for in one answer; Slack may give fewer."""

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class SlackClient:
    """Raises only `SystemFault`. Nothing is repeated here, and building it opens no connection.

    The vendor's client opens a connection for each call, so that one serves all event loops.
    """

    def __init__(self, options: SlackOptions) -> None:
        self._options = options
        self._api = AsyncWebClient(
            token=options.token.get_secret_value(),
            base_url=options.base_url,
            timeout=options.timeout_seconds,  # type: ignore[arg-type]  # aiohttp takes fractions
            retry_handlers=[],
        )
        if urlsplit(options.base_url).hostname in _LOOPBACK:
            # It takes one from the environment, and NO_PROXY does not keep it from that.
            self._api.proxy = None
        self._identity: Identity | None = None

    async def identity(self) -> Identity:
        """Who we are; asked once."""
        return self._identity or await self.check()

    async def check(self) -> Identity:
        """Who we are, asked anew; `NeedsPerson` where Slack tells that scopes are missing."""
        answer = await self._send("auth.test")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        given = None
        if "x-oauth-scopes" in headers:
            given = frozenset(one.strip() for one in headers["x-oauth-scopes"].split(","))
            if missing := self._needed() - given:
                raise lacks(", ".join(sorted(missing)))
        found = _parse(Identity, answer, "auth.test")
        self._identity = found.model_copy(update={"scopes": given})
        return self._identity

    def _needed(self) -> frozenset[str]:
        # Names are one namespace, so that public and private channels are both looked through.
        own = {"groups:write", "groups:history"}
        if not self._options.private:
            own = {"channels:manage", "channels:history"}
        if self._options.connect is not Connect.OFF:
            own.add("conversations.connect:write")
        if self._options.connect is Connect.MANAGED:
            own.add("conversations.connect:manage")
        return frozenset({"channels:read", "groups:read", "chat:write"} | own)

    async def channels(self) -> AsyncIterator[Channel]:
        """All channels that the app can see, archived ones too."""
        types = "public_channel,private_channel"
        async for page in self._pages(
            ChannelPage, "conversations.list", types=types, exclude_archived=False
        ):
            for channel in page.channels:
                yield channel

    async def channel(self, channel_id: str) -> Channel | None:
        """One channel, or None when it does not exist or the app cannot see it."""
        try:
            answer = await self._ask(ChannelAnswer, "conversations.info", channel=channel_id)
        except SystemFault as fault:
            if fault.error_code is ErrorCode.NOT_FOUND:
                return None
            raise
        return answer.channel

    async def create(self, name: str, *, private: bool) -> Channel:
        """A new channel; `AlreadyThere` when the name is taken."""
        method = "conversations.create"
        answer = await self._ask(ChannelAnswer, method, writes=True, name=name, is_private=private)
        return answer.channel

    async def rename(self, channel_id: str, name: str) -> None:
        """Give a channel another name."""
        await self._send("conversations.rename", writes=True, channel=channel_id, name=name)

    async def archive(self, channel_id: str) -> None:
        """Archive a channel; one that is archived already stays so."""
        await self._make_so("conversations.archive", "already_archived", channel=channel_id)

    async def set_purpose(self, channel_id: str, purpose: str) -> None:
        """Replace the purpose; 250 characters are the limit."""
        method = "conversations.setPurpose"
        await self._send(method, writes=True, channel=channel_id, purpose=purpose)

    async def members(self, channel_id: str) -> AsyncIterator[str]:
        """The ids of all members of a channel."""
        async for page in self._pages(MemberPage, "conversations.members", channel=channel_id):
            for user in page.members:
                yield user

    async def invite(self, channel_id: str, user: str) -> None:
        """Put one person into a channel; who is in it already stays so."""
        method = "conversations.invite"
        await self._make_so(method, "already_in_channel", channel=channel_id, users=user)

    async def user(self, user: str) -> User | None:
        """Somebody by their id, or None when the workspace does not know them."""
        try:
            return (await self._ask(UserAnswer, "users.info", user=user)).user
        except SystemFault as fault:
            if fault.error_code is ErrorCode.NOT_FOUND:
                return None
            raise

    async def invite_shared(self, channel_id: str, email: str) -> str:
        """Invite somebody of another workspace by mail; `AlreadyThere` when one is open."""
        method, form = "conversations.inviteShared", {"channel": channel_id, "emails": email}
        return (await self._ask(Invited, method, writes=True, form=form)).invite_id

    async def connect_invites(self) -> AsyncIterator[ConnectInvite]:
        """All invitations through Slack Connect; takes the scope to manage them."""
        async for page in self._pages(InvitePage, "conversations.listConnectInvites"):
            for one in page.invites:
                yield one

    async def messages(self, channel_id: str, oldest: str = "0") -> AsyncIterator[Message]:
        """Messages of a channel since `oldest` with what apps attached, newest first."""
        async for page in self._pages(
            MessagePage,
            "conversations.history",
            channel=channel_id,
            include_all_metadata=True,
            oldest=oldest,
        ):
            for message in page.messages:
                yield message

    async def post(
        self,
        channel_id: str,
        text: str,
        event: str,
        payload: dict[str, str],
        blocks: Sequence[Block] = (),
    ) -> str:
        """Write a message with metadata; returns its time stamp."""
        body: dict[str, Any] = {
            "channel": channel_id,
            "text": text,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {"event_type": event, "event_payload": payload},
        }
        if blocks:
            body["blocks"] = list(blocks)
        return (await self._ask(Posted, "chat.postMessage", writes=True, body=body)).ts

    async def rewrite(self, channel_id: str, ts: str, text: str, blocks: Sequence[Block]) -> None:
        """Replace a message of ours."""
        body = {"channel": channel_id, "ts": ts, "text": text, "blocks": list(blocks)}
        await self._send("chat.update", writes=True, body=body)

    async def whisper(self, channel_id: str, user: str, text: str) -> None:
        """Tell one person something in a channel, which the others do not see."""
        body = {"channel": channel_id, "user": user, "text": text}
        await self._send("chat.postEphemeral", writes=True, body=body)

    async def delete(self, channel_id: str, ts: str) -> None:
        """Delete a message of ours; one that is gone stays so."""
        await self._make_so("chat.delete", "message_not_found", channel=channel_id, ts=ts)

    async def _pages[P: Page](
        self, model: type[P], method: str, **arguments: Any
    ) -> AsyncIterator[P]:
        seen = [""]
        while True:
            cursor = seen[-1] or None
            page = await self._ask(model, method, limit=PAGE_SIZE, cursor=cursor, **arguments)
            yield page
            if page.next_cursor in seen:
                return
            seen.append(page.next_cursor)

    async def _make_so(self, method: str, done: str, **arguments: Any) -> None:
        """A write whose error `done` says that it is so already."""
        try:
            await self._call(method, params=arguments)
        except Exception as error:  # noqa: BLE001  (see `_send`)
            if error_name(error) != done:
                raise translate(error, method, writes=True) from None

    async def _ask[Answer: BaseModel](
        self,
        model: type[Answer],
        method: str,
        *,
        writes: bool = False,
        body: dict[str, Any] | None = None,
        form: dict[str, str] | None = None,
        **arguments: Any,
    ) -> Answer:
        answer = await self._send(method, writes=writes, body=body, form=form, **arguments)
        return _parse(model, answer, method, writes=writes)

    async def _send(
        self,
        method: str,
        *,
        writes: bool = False,
        body: dict[str, Any] | None = None,
        form: dict[str, str] | None = None,
        **arguments: Any,
    ) -> AsyncSlackResponse:
        """`arguments` go into the address of the request, where proxies read them."""
        try:
            return await self._call(method, params=arguments, json=body, data=form)
        except Exception as error:  # noqa: BLE001  (the client lets through what its parser meets)
            # Cut off from its cause, whose text may hold what was sent.
            raise translate(error, method, writes=writes) from None

    async def _call(self, method: str, **sent: Any) -> AsyncSlackResponse:
        try:
            answer = await self._api.api_call(method, **sent)
        except SlackApiError as error:
            if isinstance(error.response, AsyncSlackResponse):
                hear(error.response.status_code, error.response.headers)
            raise
        hear(answer.status_code, answer.headers)
        return answer


def _parse[Answer: BaseModel](
    model: type[Answer], answer: AsyncSlackResponse, method: str, *, writes: bool = False
) -> Answer:
    try:
        return model.model_validate(answer.data)
    except ValidationError:
        raise garbled(method, writes=writes) from None
