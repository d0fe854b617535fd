"""Standard Webhooks signatures: who sent it, that it is unchanged, and that it is recent."""

import base64
import binascii
import hmac
import time
from collections.abc import Mapping, Sequence
from hashlib import sha256

TOLERANCE_SECONDS = 300
_PREFIX = "whsec_"


def key_of(secret: str) -> bytes:
    """The key in a `whsec_…` secret (base64); `ValueError` when it is none."""
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("not a webhook secret") from error


def sign(secret: str, webhook_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` of a message."""
    message = f"{webhook_id}.{timestamp}.".encode() + body
    digest = hmac.new(key_of(secret), message, sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def valid(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: float | None = None
) -> bool:
    """Whether one of the active secrets signed this message within the last five minutes.

    Anything that cannot be read is not valid; nothing is raised.
    """
    webhook_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split()
    if not webhook_id or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs((time.time() if now is None else now) - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    expected = [sign(secret, webhook_id, int(timestamp), body).encode() for secret in secrets]
    return any(
        hmac.compare_digest(wanted, one.encode("utf-8", "replace"))
        for wanted in expected
        for one in given
    )
