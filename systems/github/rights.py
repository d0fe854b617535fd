"""What the credential may do, as far as GitHub's answers tell."""

from collections.abc import Iterator, Mapping

import httpx
from pydantic import BaseModel, ValidationError

from domain.codes import ErrorCode
from domain.errors import NeedsPerson
from systems.github.options import Access, GitHubOptions


def needed(options: GitHubOptions) -> Mapping[str, str]:
    """Permissions of an App."""
    wanted = {"administration": "write", "contents": "read", "metadata": "read"}
    if options.access is Access.TEAM:
        wanted["members"] = "write"
    if options.custom_property:
        wanted |= {"repository_custom_properties": "write"}
        wanted |= {"organization_custom_properties": "read"}
    return dict(sorted(wanted.items()))


def scopes(options: GitHubOptions) -> Iterator[frozenset[str]]:
    """Scopes of a classic token: one of each."""
    yield frozenset({"repo"})
    if options.access is Access.TEAM:
        yield frozenset({"admin:org", "write:org"})


_LEVELS = ("", "read", "write")
_TOKEN_PATH = "/access_tokens"  # noqa: S105  (the end of an address)


class _Token(BaseModel):
    permissions: dict[str, str]


class Rights:
    """An App's token comes with its permissions; beside answers stand a classic token's scopes."""

    def __init__(self, options: GitHubOptions) -> None:
        self._options = options
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
            for name, level in needed(self._options).items():
                given = self._permissions.get(name, "")
                if given in _LEVELS and _LEVELS.index(given) < _LEVELS.index(level):
                    yield f"{name}: {level}"
        if self._scopes is not None:
            for some in scopes(self._options):
                if not some & self._scopes:
                    yield min(some)
