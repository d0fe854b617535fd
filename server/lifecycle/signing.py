"""Signatures of webhooks, as https://www.standardwebhooks.com says (version 1)."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

from domain.errors import BadSetting

_MIN_SECRET_BYTES = 24  # the specification's lower limit
_PREFIX = "whsec_"


def key_of(secret: str, variable: str) -> bytes:
    """The key that a secret stands for; `BadSetting` names the variable of what is none."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_PREFIX) or len(key) < _MIN_SECRET_BYTES:
        raise BadSetting(
            f"{variable} holds something that is not a webhook secret.",
            advice="Each is whsec_ followed by at least 24 random bytes in base64.",
        )
    return key


def signature(key: bytes, signed: bytes) -> bytes:
    """What a holder of the key says of `signed`: id, time and body with dots between."""
    return b"v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256))


def headers(keys: Sequence[bytes], message_id: str, sent_at: int, body: bytes) -> dict[str, str]:
    """The headers of a message, signed with every key, so that receivers can change theirs."""
    signed = f"{message_id}.{sent_at}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(sent_at),
        "webhook-signature": b" ".join(signature(key, signed) for key in keys).decode(),
    }
