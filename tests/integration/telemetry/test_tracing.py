"""Traces of whole runs: none unless asked for, and then without what nobody may read."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableLambda
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from agentos import observed
from agentos.observed import secrets
from agentos.settings import load
from agentos.wiring import application, variables
from domain.errors import BadSetting
from server.telemetry.redaction import redactor
from server.telemetry.tracing import Tracing, traced
from tests.integration.caller import Caller, served
from tests.langsmith_stand_in import Ingest, langsmith_stand_in
from tests.sandbox_server import SandboxServer, sandbox_server

DANA = "dana.canary@example.com"
KEY = "lsv2-canary-0815"
CANARY = "webhook-canary-4711"
NAME = f"Acme {CANARY}"
CONTACTS = [{"name": "Dana", "email": DANA}]
ENVIRONMENT = {"ANYBODYS_TOKEN": CANARY, "LANGSMITH_API_KEY": KEY}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with sandbox_server() as server:
        yield server


@pytest.fixture
def ingest() -> Iterator[Ingest]:
    with langsmith_stand_in() as ingest:
        yield ingest


async def onboarded(folder: Path, sandbox: SandboxServer, environment: Mapping[str, str]) -> str:
    """The id of a run that has gone its whole way in a service with these variables."""
    sandbox.reset()
    settings = load(environment, sandbox_url=sandbox.url, sqlite_db_path=folder / "agentos.db")
    async with served(application(settings)) as http:
        caller = Caller(http)
        run = await caller.parked(NAME, systems=["slack", "newsletter"], contacts=CONTACTS)
        await caller.move(run["run_id"], "resume", {"approved": True, "responder": DANA})
        ended = await caller.wait(run["run_id"])
        assert ended["status"] == "completed", ended
    return str(run["run_id"])


def spans(exporter: InMemorySpanExporter) -> list[ReadableSpan]:
    """Those of the traces: FastAPI, and so the stand-ins of this process, write some too."""
    return [
        span
        for span in exporter.get_finished_spans()
        if span.instrumentation_scope and span.instrumentation_scope.name.startswith("langsmith")
    ]


def collector() -> tuple[InMemorySpanExporter, TracerProvider]:
    """Somebody who collects spans."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter, provider


def text_of(found: list[ReadableSpan]) -> str:
    return "\n".join(span.to_json() for span in found)


def unfit(text: str, *more: str) -> list[str]:
    """What stands in a text and must not."""
    return [each for each in (DANA, CANARY, *more) if each in text]


async def test_nothing_is_sent_when_tracing_is_off(
    tmp_path: Path, sandbox: SandboxServer, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGSMITH_TRACING", "true")  # of the process: ours alone counts
    monkeypatch.setenv("LANGSMITH_ENDPOINT", ingest.url)
    await onboarded(tmp_path, sandbox, {"LANGSMITH_ENDPOINT": ingest.url})
    assert ingest.text == ""


async def test_run_is_traced_without_secrets_and_addresses_when_it_is_on(
    tmp_path: Path, sandbox: SandboxServer, ingest: Ingest
) -> None:
    wanted = {**ENVIRONMENT, "LANGSMITH_TRACING": "true", "LANGSMITH_ENDPOINT": ingest.url}
    run_id = await onboarded(tmp_path, sandbox, wanted)
    sent = "\n".join(ingest.bodies)
    for node in ("planner", "approval", "provisioner", "validator", "reporter"):
        assert f'"name":"{node}"' in sent
    assert f'"thread_id":"{run_id}"' in sent
    assert '"session_name":"agentos"' in sent
    assert "[address]" in sent
    assert "[secret]" in sent
    tokens = [value for name, value in variables(load(wanted, sandbox_url=sandbox.url)).items()
              if "TOKEN" in name or "API_KEY" in name]  # fmt: skip
    assert unfit(sent, *tokens) == []
    assert unfit(ingest.text.replace(KEY, "")) == []  # the key stands in the heads, as it must


async def test_secret_is_seen_when_nothing_cleans(
    tmp_path: Path, sandbox: SandboxServer, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test before."""
    monkeypatch.setattr(observed, "redactor", lambda _secrets: lambda data: data)
    wanted = {**ENVIRONMENT, "LANGSMITH_TRACING": "true", "LANGSMITH_ENDPOINT": ingest.url}
    await onboarded(tmp_path, sandbox, wanted)
    assert CANARY in unfit(ingest.text)  # the address is in no state: runs keep people apart


async def fails(_: Any) -> None:
    raise ValueError(f"{DANA} has {CANARY}")


@pytest.mark.parametrize("clean", [redactor([CANARY]), lambda data: data], ids=["clean", "plain"])
async def test_error_is_cleaned_in_both_modes_and_only_then(
    ingest: Ingest, clean: Callable[[Any], Any], request: pytest.FixtureRequest
) -> None:
    exporter, provider = collector()
    by_otel = Tracing("p", clean, mode="otel", endpoint=ingest.url, provider=provider)
    for wanted in (Tracing("p", clean, endpoint=ingest.url), by_otel):
        async with traced(wanted):
            with pytest.raises(ValueError):
                await RunnableLambda(fails).ainvoke({"to": DANA, "by": CANARY})
    provider.force_flush()
    seen = [] if request.node.callspec.id == "clean" else [DANA, CANARY]
    for text in (ingest.text, text_of(spans(exporter))):
        assert "ValueError" in text
        assert unfit(text) == seen


async def test_spans_go_to_opentelemetry_and_nowhere_else_when_that_is_the_mode(
    tmp_path: Path, sandbox: SandboxServer, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    exporter, provider = collector()
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", provider)
    wanted = {
        **ENVIRONMENT,
        "LANGSMITH_TRACING": "true",
        "LANGSMITH_TRACING_MODE": "otel",
        "LANGSMITH_ENDPOINT": ingest.url,
    }
    run_id = await onboarded(tmp_path, sandbox, wanted)
    provider.force_flush()
    text = text_of(spans(exporter))
    assert ingest.bodies == []
    assert {"planner", "provisioner", "reporter"} <= {span.name for span in spans(exporter)}
    assert f'"langsmith.metadata.thread_id": "{run_id}"' in text
    assert unfit(text) == []


async def test_run_goes_on_when_traces_cannot_be_sent(
    tmp_path: Path, sandbox: SandboxServer, ingest: Ingest
) -> None:
    nowhere = "http://127.0.0.1:9"
    wanted = {**ENVIRONMENT, "LANGSMITH_TRACING": "true", "LANGSMITH_ENDPOINT": nowhere}
    await onboarded(tmp_path, sandbox, wanted)


@pytest.mark.parametrize("missing", ["key", "packages"])
async def test_start_says_what_is_missing(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {"LANGSMITH_TRACING": "true"}
    if missing == "packages":
        wanted |= {"LANGSMITH_TRACING_MODE": "otel"}
        monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(BadSetting, match=r"LANGSMITH_API_KEY|OpenTelemetry"):
        async with observed.observed(load(wanted), {}):
            pass


def test_secrets_are_known_by_the_names_of_their_variables() -> None:
    found = set(
        secrets(
            {
                "SLACK_BOT_TOKEN": "xoxb-1",
                "APPROVAL_WEBHOOK_SECRETS": "whsec_a whsec_b",
                "DATABASE_URL": "postgresql://u:hunter2@h/d",
                "MAILMAN_PASSWORD": "m",
                "GITHUB_PRIVATE_KEY": "-----BEGIN",
                "GITHUB_ORG": "acme",
            }
        )
    )
    assert {"xoxb-1", "whsec_a", "whsec_b", "hunter2", "m", "-----BEGIN"} <= found
    assert "acme" not in found
