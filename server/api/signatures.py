"""Signatures of incoming webhooks, as https://www.standardwebhooks.com says (version 1)."""

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping, Sequence

from domain.keys import TENANT_FORM
from domain.scopes import DEFAULT_TENANT
from server.api.errors import Unauthenticated
from server.lifecycle.messages import Message
from server.lifecycle.signing import key_of, signature

TOLERANCE_SECONDS = 300
_VARIABLE = "APPROVAL_WEBHOOK_SECRETS"
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_ID = re.compile(r"[!-~]{1,200}")


class Signatures:
    """Decides whether a webhook is from somebody who holds one of the secrets.

    Several secrets are valid at a time, so that they can be rotated. One that is written as
    `tenant:whsec_…` is that tenant's. Without any, webhooks are accepted only if
    `unsigned_allowed`. `clock` gives seconds since 1970.
    """

    def __init__(
        self,
        secrets: Sequence[str],
        *,
        unsigned_allowed: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = [_key(secret) for secret in secrets]
        self._unsigned_allowed = unsigned_allowed
        self._clock = clock

    def check(self, headers: Mapping[str, str], body: bytes) -> Message | None:
        """The message that was signed, None where nothing has to be.

        `Unauthenticated` for every fault, in the same words: which one it was helps nobody who
        holds the secret. `headers` are looked up by lower-case name, `body` is as received.
        """
        if not self._keys and self._unsigned_allowed:
            return None
        message_id = headers.get("webhook-id", "")
        timestamp = headers.get("webhook-timestamp", "")
        given = headers.get("webhook-signature", "").encode("latin-1", "replace").split()
        signed = f"{message_id}.{timestamp}.".encode("latin-1", "replace") + body
        tenant = self._tenant_of(signed, given)
        if tenant is None or not (_ID.fullmatch(message_id) and self._is_recent(timestamp)):
            raise Unauthenticated("The signature of this webhook was not accepted.")
        return Message(message_id, int(timestamp), hashlib.sha256(body).hexdigest(), tenant)

    def _is_recent(self, timestamp: str) -> bool:
        if not _TIMESTAMP.fullmatch(timestamp):
            return False
        return abs(self._clock() - int(timestamp)) <= TOLERANCE_SECONDS

    def _tenant_of(self, signed: bytes, given: Sequence[bytes]) -> str | None:
        found = None
        for tenant, key in self._keys:
            expected = signature(key, signed)
            for one in given:
                if hmac.compare_digest(one, expected):
                    found = tenant
        return found


def _key(written: str) -> tuple[str, bytes]:
    named, colon, secret = written.rpartition(":")
    tenant = named if colon else DEFAULT_TENANT
    return tenant, key_of(secret if TENANT_FORM.fullmatch(tenant) else "", _VARIABLE)
