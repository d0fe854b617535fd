"""What can be seen of a process from outside while it works: traces, lines of its log, metrics."""

import importlib.util
import logging
import re
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import urlsplit

import prometheus_client

from agentos.settings import Settings
from domain.errors import BadSetting
from server.telemetry.happenings import EVENT_LOG
from server.telemetry.metrics import REGISTRY
from server.telemetry.redaction import redactor
from server.telemetry.tracing import Tracing, traced

_SECRET_NAME = re.compile(r"TOKEN|SECRET|PASSWORD|_KEY|DATABASE_URL")


@asynccontextmanager
async def observed(settings: Settings, variables: Mapping[str, str]) -> AsyncIterator[None]:
    """As the settings say, while inside; `variables` are what the systems are built from."""
    with _event_lines(settings.agentos_event_log):
        async with traced(_tracing(settings, variables)):
            yield


@contextmanager
def metrics_served(settings: Settings) -> Iterator[None]:
    """For a process without an API: metrics on a port of their own, if one is set."""
    if settings.agentos_metrics_port is None:
        yield
        return
    host, port = settings.agentos_host, settings.agentos_metrics_port
    try:
        server, thread = prometheus_client.start_http_server(port, host, REGISTRY)
    except OSError as error:
        raise BadSetting(
            f"AGENTOS_METRICS_PORT {port} of {host} cannot be taken: {error.strerror}.",
            advice="Stop what uses it, or choose another.",
        ) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def _event_lines(wanted: bool) -> Iterator[None]:
    """Bare lines of JSON on standard error; nothing else goes through this logger."""
    if not wanted:
        yield
        return
    handler = logging.StreamHandler(sys.stderr)
    level, propagate = EVENT_LOG.level, EVENT_LOG.propagate
    EVENT_LOG.addHandler(handler)
    EVENT_LOG.setLevel(logging.INFO)  # by its method: what a logger lets through is remembered
    EVENT_LOG.propagate = False
    try:
        yield
    finally:
        EVENT_LOG.removeHandler(handler)
        EVENT_LOG.setLevel(level)
        EVENT_LOG.propagate = propagate


def _tracing(settings: Settings, variables: Mapping[str, str]) -> Tracing | None:
    if not settings.langsmith_tracing:
        return None
    mode = settings.langsmith_tracing_mode
    if mode != "langsmith" and importlib.util.find_spec("opentelemetry.sdk") is None:
        raise BadSetting(
            f"LANGSMITH_TRACING_MODE is {mode}, but OpenTelemetry is not installed.",
            advice="Install the extra `otel`, or remove the variable.",
        )
    nobody = settings.langsmith_endpoint is None and settings.langsmith_api_key is None
    if mode != "otel" and nobody:
        raise BadSetting(
            "LANGSMITH_TRACING is on, but there is no LANGSMITH_API_KEY.",
            advice="Set it, or LANGSMITH_ENDPOINT to a server of your own, or turn tracing off.",
        )
    return Tracing(
        project=settings.langsmith_project,
        clean=redactor(secrets({**settings.environment, **variables})),
        mode=mode,
        endpoint=settings.langsmith_endpoint,
        api_key=settings.langsmith_api_key,
    )


def secrets(variables: Mapping[str, str]) -> Iterator[str]:
    """The values that nobody may read, by what their variables are called."""
    for name, value in variables.items():
        if _SECRET_NAME.search(name):
            yield value
            yield from value.split()
            if "://" in value:
                yield urlsplit(value).password or ""
