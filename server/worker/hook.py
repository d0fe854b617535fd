"""A receiver of webhooks: signed messages, one POST each."""

import hashlib
import json
import time
from collections.abc import Sequence

import httpx

from domain.errors import BadSetting, SystemFault
from domain.events import RecordedEvent
from server.lifecycle import signing
from server.store.database import Database
from server.store.outbox import Parcel
from server.worker.courier import Undelivered
from systems.addresses import pinned
from systems.http import new_client, retry_after

TIMEOUT_SECONDS = 15.0
_GONE = 410


class Hook:
    """One address. Redirects are not followed, and an answer is not read beyond its status."""

    def __init__(
        self,
        url: str,
        secrets: Sequence[str],
        *,
        private_allowed: bool = False,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        if not secrets:
            raise BadSetting(
                "AGENTOS_WEBHOOK_SECRETS is not set, so webhooks cannot be signed.",
                advice="Set it to whsec_ followed by at least 24 random bytes in base64.",
            )
        if not (url.startswith("https://") or private_allowed):
            raise BadSetting(
                "AGENTOS_WEBHOOK_URLS names an address without TLS.",
                advice="Give https addresses, or AGENTOS_WEBHOOK_PRIVATE=1 for a closed network.",
            )
        self.name = f"hook:{hashlib.sha256(url.encode()).hexdigest()[:16]}"
        self._url = url
        self._keys = [signing.key_of(secret, "AGENTOS_WEBHOOK_SECRETS") for secret in secrets]
        self._private_allowed = private_allowed
        self._timeout_seconds = timeout_seconds

    async def deliver(self, parcel: Parcel, recorded: RecordedEvent, _: Database) -> None:
        """Done when the receiver has answered with a 2xx; `Undelivered` in all other cases."""
        body = json.dumps(_message(parcel.run_id, recorded)).encode()
        sent_at = int(time.time())
        try:
            where = await pinned(self._url, private_allowed=self._private_allowed)
            headers = signing.headers(self._keys, parcel.message_id, sent_at, body)
            headers |= {"host": where.host, "content-type": "application/json"}
            async with (
                new_client(self._timeout_seconds) as client,
                client.stream(
                    "POST",
                    where.url,
                    content=body,
                    headers=headers,
                    extensions={"sni_hostname": where.name},
                ) as answer,
            ):
                status, after = answer.status_code, retry_after(answer.headers)
        except SystemFault as fault:
            raise Undelivered(fault.message) from None
        except httpx.HTTPError as error:
            raise Undelivered(f"The receiver did not answer ({type(error).__name__}).") from None
        if not 200 <= status < 300:
            said = f"The receiver answered {status}."
            raise Undelivered(said, after_seconds=after, for_good=status == _GONE)


def _message(run_id: str, recorded: RecordedEvent) -> dict[str, object]:
    event = recorded.event.model_dump(mode="json", exclude={"type"})
    data = {"run_id": run_id, "seq": recorded.seq, "actor": recorded.actor, "data": event}
    return {"type": recorded.event.type, "timestamp": recorded.at.isoformat(), "data": data}
