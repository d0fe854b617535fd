"""Every setting, read from the environment here and nowhere else."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings import PydanticBaseSettingsSource as Source

from domain.errors import BadSetting
from domain.events import EVENT_TYPES
from domain.scopes import Scope
from systems.variables import WebAddress

# Read by langgraph when it is first imported: without it, a checkpoint could name code to run.
os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"


LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""What leads to this machine alone."""


def _words(value: Any) -> Any:
    return tuple(value.split()) if isinstance(value, str) else value


def _scopes(value: Any) -> Any:
    """`ops=operator, leads=approver` as what the members of each group may do."""
    if not isinstance(value, str):
        return value
    found: dict[str, set[str]] = {}
    for part in value.split(","):
        group, _, scope = part.rpartition("=")
        found.setdefault(group.strip(), set()).add(scope.strip())
    if "" in found:
        raise ValueError("a scope without a group")
    return found


def _events(types: tuple[str, ...]) -> tuple[str, ...]:
    if any(each not in EVENT_TYPES for each in types):
        raise ValueError("not a type of event")
    return types


class Settings(BaseSettings):
    """What the service needs to start; the systems' own variables stay in `environment`."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    database_url: Annotated[str, Field(repr=False)] = ""
    sqlite_db_path: Path = Path("tmp/agentos.db")
    agent_llm: Literal["rules", "bedrock"] = "rules"
    agent_model: Annotated[str, Field(min_length=1, max_length=400)] = (
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    )
    agent_bedrock_endpoint: WebAddress | None = None
    agent_run_tokens: Annotated[int, Field(ge=0)] = 60_000
    agent_chat_tokens: Annotated[int, Field(ge=0)] = 200_000
    aws_default_region: str | None = None
    aws_access_key_id: Annotated[str | None, Field(repr=False)] = None
    aws_secret_access_key: Annotated[str | None, Field(repr=False)] = None
    aws_session_token: Annotated[str | None, Field(repr=False)] = None
    max_step_retries: Annotated[int, Field(ge=0, le=20)] = 3
    sandbox: bool = True
    sandbox_url: WebAddress | None = None
    sandbox_db_path: Path = Path("tmp/sandbox.db")
    agentos_host: str = "127.0.0.1"
    agentos_port: Annotated[int, Field(ge=0, le=65_535)] = 7777
    agentos_url: WebAddress = "http://127.0.0.1:7777"
    agentos_auth: Literal["off", "keys", "oidc"] = "off"
    agentos_oidc_issuer: WebAddress | None = None
    agentos_oidc_client_id: str = ""
    agentos_oidc_client_secret: Annotated[str, Field(repr=False)] = ""
    agentos_oidc_name_claim: str = "email"
    agentos_oidc_groups_claim: str = "groups"
    agentos_oidc_tenant_claim: str = ""
    agentos_oidc_scopes: Annotated[
        dict[str, frozenset[Scope]], NoDecode, BeforeValidator(_scopes)
    ] = Field(default_factory=dict)
    agentos_session_secret: Annotated[str, Field(repr=False)] = ""
    agentos_session_hours: Annotated[float, Field(gt=0, le=168)] = 8
    agentos_api_key: Annotated[str, Field(repr=False)] = ""
    agentos_trusted_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)] = ()
    agentos_executes: bool = True
    agentos_worker_slots: Annotated[int, Field(ge=1, le=256)] = 8
    agentos_max_runs: Annotated[int, Field(ge=1)] | None = None
    agentos_max_runs_per_tenant: Annotated[int, Field(ge=1)] | None = None
    agentos_max_queued: Annotated[int, Field(ge=1)] = 10_000
    agentos_chat_days: Annotated[int, Field(ge=1, le=3_650)] = 30
    agentos_event_log: bool = False
    agentos_metrics_port: Annotated[int, Field(ge=0, le=65_535)] | None = None
    langsmith_tracing: bool = False
    langsmith_tracing_mode: Literal["langsmith", "hybrid", "otel"] = "langsmith"
    langsmith_endpoint: WebAddress | None = None
    langsmith_api_key: Annotated[str | None, Field(repr=False)] = None
    langsmith_project: str = "agentos"
    agentos_webhook_urls: Annotated[
        tuple[WebAddress, ...], NoDecode, BeforeValidator(_words), Field(repr=False)
    ] = ()
    agentos_webhook_secrets: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(_words), Field(repr=False)
    ] = ()
    agentos_webhook_events: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(_words), AfterValidator(_events)
    ] = ()
    agentos_webhook_private: bool = False
    approval_webhook_secrets: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(_words), Field(repr=False)
    ] = ()
    approval_policy: str = ""
    approval_deadline_seconds: Annotated[int, Field(ge=1, le=31_536_000)] | None = None
    environment: dict[str, str] = Field(default_factory=dict, exclude=True, repr=False)

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: Source, *_: Source, **_others: Source
    ) -> tuple[Source, ...]:
        """What `load` was given, and nothing behind its back."""
        return (init_settings,)

    @property
    def host(self) -> str:
        return self.agentos_host

    @property
    def port(self) -> int:
        return self.agentos_port

    @property
    def url(self) -> str:
        return self.agentos_url

    @property
    def checkpoint_path(self) -> Path:
        """The checkpoints have a file, and so a lock, of their own."""
        return self.sqlite_db_path.with_name(f"{self.sqlite_db_path.stem}-checkpoints.db")

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.agentos_host in LOOPBACK

    @property
    def known_callers(self) -> bool:
        """Whether callers must show who they are."""
        return self.agentos_auth != "off"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names by which this server may be called; any, if there are none.

        Where nobody has to log in, those of loopback alone: a proxy that forwards the name that
        others call it by would let them all in.
        """
        if self.agentos_trusted_hosts or not self.on_loopback:
            return tuple(name.lower() for name in self.agentos_trusted_hosts)
        own = urlsplit(self.agentos_url).hostname if self.known_callers else None
        return ("127.0.0.1", "localhost", "[::1]", *([own] if own else ()))


_CURES = {
    "agent_llm": "Give AGENT_LLM=rules, or AGENT_LLM=bedrock with AWS_DEFAULT_REGION and a role.",
    "agent_model": "Give the id of a model or inference profile, or remove it.",
    "agent_bedrock_endpoint": "Give an address like https://bedrock-runtime.us-east-1.amazonaws.com.",
    "agent_run_tokens": "Give a whole number from 0.",
    "agent_chat_tokens": "Give a whole number from 0.",
    "max_step_retries": "Give a whole number from 0 to 20.",
    "agentos_port": "Give a port from 0 to 65535.",
    "agentos_url": "Give an address like http://127.0.0.1:7777.",
    "agentos_auth": "Give AGENTOS_AUTH=off (this machine only), keys or oidc.",
    "agentos_oidc_issuer": "Give the address of the provider, like https://login.example.com.",
    "agentos_oidc_scopes": "Give groups and scopes like ops=operator, leads=approver, *=viewer.",
    "agentos_session_hours": "Give hours above 0 and up to 168.",
    "agentos_worker_slots": "Give a whole number from 1 to 256.",
    "agentos_max_runs": "Give a whole number from 1, or remove it for no limit.",
    "agentos_max_runs_per_tenant": "Give a whole number from 1, or remove it for no limit.",
    "agentos_max_queued": "Give a whole number from 1.",
    "agentos_chat_days": "Give a whole number of days from 1 to 3650.",
    "agentos_event_log": "Give 1 or 0.",
    "agentos_metrics_port": "Give a port from 0 to 65535, or remove it.",
    "langsmith_tracing": "Give true or false.",
    "langsmith_tracing_mode": "Give langsmith, otel or hybrid.",
    "langsmith_endpoint": "Give an address like https://api.smith.langchain.com, or remove it.",
    "approval_deadline_seconds": "Give a whole number from 1, or remove it for no deadline.",
    "agentos_webhook_urls": "Give web addresses with blanks between.",
    "agentos_webhook_events": "Give types of events with blanks between, like run_completed.",
    "sandbox": "Give SANDBOX=1 (stand-ins) or SANDBOX=0 (the real systems).",
    "sandbox_url": "Give the address that `agentos sandbox` prints.",
}


def load(environment: Mapping[str, str] | None = None, **values: Any) -> Settings:
    """The settings of this process; `BadSetting` names the variable and the cure.

    `values` win over the environment, which is that of the process unless given.
    """
    source = dict(os.environ if environment is None else environment)
    known = {
        name: source[name.upper()] for name in Settings.model_fields if source.get(name.upper())
    }
    known.pop("environment", None)
    try:
        return Settings(**(known | values), environment=source)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        cure = _CURES.get(name, "Correct it or remove it.")
        raise BadSetting(f"{name.upper()} has a value that is not accepted.", advice=cure) from None
