"""What the credential may do, as far as GitHub's answers tell."""

from collections.abc import Iterator, Mapping

import httpx
from pydantic import BaseModel, ValidationError

from domain.codes import ErrorCode
from domain.errors import NeedsPerson

NEEDED: Mapping[str, str] = {
    "administration": "write",
    "contents": "read",
    "members": "write",
    "metadata": "read",
}
"""Permissions of an App."""

SCOPES = (frozenset({"repo"}), frozenset({"admin:org", "write:org"}))
"""Scopes of a classic token: one of each."""

_LEVELS = ("", "read", "write")
_TOKEN_PATH = "/access_tokens"  # noqa: S105  (the end of an address)


class _Token(BaseModel):
    permissions: dict[str, str]


class Rights:
    """An App's token comes with its permissions; beside answers stand a classic token's scopes."""

    def __init__(self) -> None:
        self._permissions: Mapping[str, str] | None = None
        self._scopes: frozenset[str] | None = None

    @property
    def told(self) -> bool:
        """Whether GitHub has told any."""
        return self._permissions is not None or self._scopes is not None

    async def hear(self, response: httpx.Response) -> None:
        """Takes note of what an answer tells."""
        if response.request.url.path.endswith(_TOKEN_PATH) and response.is_success:
            await response.aread()
            try:
                self._permissions = _Token.model_validate_json(response.content).permissions
            except ValidationError:
                return
        elif "x-oauth-scopes" in response.headers:
            told = response.headers["x-oauth-scopes"].split(",")
            self._scopes = frozenset(scope.strip() for scope in told)

    def check(self) -> None:
        """`NeedsPerson` if GitHub has told that something is missing."""
        if missing := ", ".join(self._missing()):
            raise NeedsPerson(
                ErrorCode.PERMISSION,
                f"GitHub's credential lacks {missing}.",
                instructions="Grant it to the App and have the organisation accept that, or make "
                "a token with it; then retry the system.",
            )

    def _missing(self) -> Iterator[str]:
        if self._permissions is not None:
            for name, level in NEEDED.items():
                given = self._permissions.get(name, "")
                if given in _LEVELS and _LEVELS.index(given) < _LEVELS.index(level):
                    yield f"{name}: {level}"
        if self._scopes is not None:
            for scopes in SCOPES:
                if not scopes & self._scopes:
                    yield min(scopes)
