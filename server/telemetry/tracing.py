"""Traces for LangSmith, or for any collector by OpenTelemetry: off unless asked for, redacted."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import langsmith
from urllib3 import Retry

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

Mode = Literal["langsmith", "hybrid", "otel"]
_PATIENCE_MS = (2_000, 5_000)
"""For a connection, and for an answer."""
_LAST_SECONDS = 3.0
"""How long the end waits for traces that were not sent yet; later they are lost."""


@dataclass(frozen=True)
class Tracing:
    """Where traces go. Without an `endpoint` it is LangSmith's own, or what OTEL_* name.

    `provider` is where spans go in the modes `otel` and `hybrid`; None is that of the process.
    """

    project: str
    clean: Callable[[Any], Any]
    mode: Mode = "langsmith"
    endpoint: str | None = None
    api_key: str | None = field(default=None, repr=False)
    provider: "TracerProvider | None" = None


@asynccontextmanager
async def traced(wanted: Tracing | None) -> AsyncIterator[None]:
    """Every run within is traced, or, with None, none is, whatever the environment says.

    Traces are for looking: when they cannot be sent, runs go on and the traces are lost.
    """
    if wanted is None:
        langsmith.configure(client=None, enabled=False)
        yield
        return
    client = langsmith.Client(
        wanted.endpoint,
        api_key=wanted.api_key,
        anonymizer=wanted.clean,
        tracing_mode=wanted.mode,
        otel_tracer_provider=wanted.provider,
        retry_config=Retry(0),  # its threads hold up the end of the process as long as they try
        timeout_ms=_PATIENCE_MS,
    )
    langsmith.configure(client=client, enabled=True, project_name=wanted.project)
    try:
        yield
    finally:
        langsmith.configure(client=None, enabled=False, project_name=None)
        await asyncio.to_thread(client.close, _LAST_SECONDS)
