"""What a browser keeps for us: readable by its owner, but nobody can change or invent it."""

import hashlib
import time
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

MIN_SECRET = 32
_ALGORITHMS = ["HS256"]


class Seal:
    """Signs content for one purpose and a while. All processes with the same secret open it."""

    def __init__(self, secret: str) -> None:
        self._key = OctKey.import_key(hashlib.sha256(secret.encode()).digest())

    def close(self, purpose: str, content: dict[str, Any], *, seconds: float) -> str:
        """The content as a text that can stand in a cookie."""
        claims = content | {"aud": purpose, "exp": int(time.time() + seconds)}
        return jwt.encode({"alg": "HS256"}, claims, self._key, _ALGORITHMS)

    def open(self, purpose: str, text: str) -> dict[str, Any] | None:
        """The content; None when it was closed by another, for another purpose, or is over."""
        known = jwt.JWTClaimsRegistry(
            aud={"essential": True, "value": purpose}, exp={"essential": True}
        )
        try:
            claims = jwt.decode(text, self._key, _ALGORITHMS).claims
            known.validate(claims)
        except (JoseError, ValueError):
            return None
        return claims
