"""What an API key says: `aos_`, its id, 256 random bits and a checksum, all without punctuation.

The checksum lets scanners of leaked secrets be sure of what they found, and keeps typing errors
from the database. A key has too many bits to be guessed: one SHA-256 of it is enough to keep.
"""

import hashlib
import re
import secrets
import string
import zlib
from typing import NamedTuple

from domain.ids import new_id

_LETTERS = string.digits + string.ascii_letters
_SECRET_LENGTH, _SUM_LENGTH = 43, 6
_FORM = re.compile(
    rf"(aos_([0-9a-z]{{22}})_\w{{{_SECRET_LENGTH}}})_(\w{{{_SUM_LENGTH}}})", re.ASCII
)


class Minted(NamedTuple):
    """A new key: `text` is shown once and kept nowhere."""

    key_id: str
    text: str
    digest: str


class Presented(NamedTuple):
    """What a caller sent: the id to look up, and the digest that must be found there."""

    key_id: str
    digest: str


def mint() -> Minted:
    """A new key."""
    key_id = new_id("key")
    secret = "".join(secrets.choice(_LETTERS) for _ in range(_SECRET_LENGTH))
    body = f"aos_{key_id.removeprefix('key_')}_{secret}"
    text = f"{body}_{_checksum(body)}"
    return Minted(key_id, text, _digest(text))


def read(text: str) -> Presented | None:
    """What to look for, or None when this was never a key of ours."""
    form = _FORM.fullmatch(text)
    if form is None or _checksum(form[1]) != form[3]:
        return None
    return Presented(f"key_{form[2]}", _digest(text))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode())
    digits = []
    for _ in range(_SUM_LENGTH):
        number, rest = divmod(number, len(_LETTERS))
        digits.append(_LETTERS[rest])
    return "".join(reversed(digits))
