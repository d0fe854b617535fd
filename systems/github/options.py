"""The variables of GitHub."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import Field, SecretStr

from domain.choices import Permission
from domain.errors import BadSetting
from systems.variables import Options, Seconds, WebAddress

_LOGIN = r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}"
Id = Annotated[int, Field(ge=1)]


class Access(StrEnum):
    """How people get into the repository: by a team of the organisation, or each by name."""

    TEAM = "team"
    COLLABORATORS = "collaborators"


@dataclass(frozen=True)
class App:
    """An installation of a GitHub App."""

    app_id: str
    installation_id: int
    private_key: str = field(repr=False)


class GitHubOptions(Options):
    """`prefix` and the slug are the name of both team and repository."""

    org: str = Field(
        alias="GITHUB_ORG", pattern=f"^{_LOGIN}$", description="the name of the organisation"
    )
    token: SecretStr | None = Field(
        None, alias="GITHUB_TOKEN", description="a token with the permissions that are needed"
    )
    app_id: str | None = Field(
        None, alias="GITHUB_APP_ID", pattern=r"^[A-Za-z0-9.]{1,40}$", description="the App's id"
    )
    installation_id: Id | None = Field(
        None,
        alias="GITHUB_INSTALLATION_ID",
        description="the number of the App's installation in the organisation",
    )
    private_key: SecretStr | None = Field(
        None, alias="GITHUB_PRIVATE_KEY", description="the App's private key in PEM"
    )
    private_key_file: Path | None = Field(
        None, alias="GITHUB_PRIVATE_KEY_FILE", description="the path of the App's private key"
    )
    template: str | None = Field(
        None,
        alias="GITHUB_TEMPLATE",
        pattern=rf"^(?:{_LOGIN}/)?[A-Za-z0-9._-]{{1,100}}$",
        description="a template repository, as name or owner/name",
    )
    prefix: str = Field(
        "partner-",
        alias="GITHUB_PREFIX",
        pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*-?$",
        max_length=20,
        description="what names begin with: up to 20 of a-z, 0-9 and single hyphens",
    )
    permission: Permission = Field(
        Permission.PUSH,
        alias="GITHUB_PERMISSION",
        description=f"one of: {', '.join(Permission)}",
    )
    access: Access = Field(
        Access.TEAM, alias="GITHUB_ACCESS", description=f"one of: {', '.join(Access)}"
    )
    custom_property: str | None = Field(
        None,
        alias="GITHUB_PROPERTY",
        pattern=r"^[A-Za-z0-9_#$-]{1,75}$",
        description="the name of a custom property for text that the organisation has defined",
    )
    base_url: WebAddress = Field(
        "https://api.github.com",
        alias="GITHUB_BASE_URL",
        description="the address of the REST API, like https://api.github.com",
    )
    timeout_seconds: Seconds = Field(
        10.0, alias="GITHUB_TIMEOUT_SECONDS", description="seconds above 0 and up to 300"
    )

    @property
    def template_name(self) -> str | None:
        """The template as owner/name."""
        if self.template is None or "/" in self.template:
            return self.template
        return f"{self.org}/{self.template}"


def credential(options: GitHubOptions) -> SecretStr | App:
    """The token if there is one, otherwise the App; `BadSetting` when neither is complete."""
    if options.token is not None:
        return options.token
    key = _private_key(options)
    if options.app_id is None or options.installation_id is None or key is None:
        raise BadSetting(
            "GITHUB_TOKEN is not set, and no GitHub App is.",
            advice="Set GITHUB_TOKEN, or GITHUB_APP_ID, GITHUB_INSTALLATION_ID and "
            "GITHUB_PRIVATE_KEY or GITHUB_PRIVATE_KEY_FILE.",
        )
    return App(options.app_id, options.installation_id, key)


def _private_key(options: GitHubOptions) -> str | None:
    if options.private_key is not None:
        # Where a variable cannot hold line breaks, they are written as \n.
        name, key = "GITHUB_PRIVATE_KEY", options.private_key.get_secret_value()
        key = key.replace("\\n", "\n")
    elif options.private_key_file is not None:
        name, key = "GITHUB_PRIVATE_KEY_FILE", _read(options.private_key_file)
    else:
        return None
    if not _is_rsa(key):
        raise BadSetting(
            f"{name} does not hold an RSA private key.",
            advice=f"Set {name} to the App's key in PEM, as GitHub gave it.",
        )
    return key


def _is_rsa(key: str) -> bool:
    try:
        return isinstance(load_pem_private_key(key.encode(), password=None), RSAPrivateKey)
    except (ValueError, TypeError):
        return False


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError):
        raise BadSetting(
            "GITHUB_PRIVATE_KEY_FILE cannot be read.",
            advice="Set GITHUB_PRIVATE_KEY_FILE to the path of the App's private key.",
        ) from None
