"""Puts the service together: the only place that knows every concrete class."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from typing import Any

import httpx
from fastapi import FastAPI

from agentos.beside import beside
from agentos.in_slack import approvals_in_slack
from agentos.keeping import Keeping, Saver
from agentos.observed import metrics_served, observed
from agentos.people import holders, people
from agentos.sandboxed import sandbox_variables, stand_in_of_bedrock
from agentos.settings import Settings
from agentos.telling import telling
from domain import policies
from domain.errors import BadSetting
from domain.policies import Policy
from domain.ports import System
from graph.build import GRAPH_VERSION, build
from graph.topology import topology
from reasoning.models import AwsKeys, ModelChoice
from reasoning.planner import Planner
from reasoning.reader import RequestReader
from reasoning.writer import ReportWriter
from server.api.app import create_app
from server.api.gate import Access
from server.api.holders import Holders
from server.auth.exchange import ACTOR
from server.console.install import install
from server.lifecycle.callers import KeyRing
from server.lifecycle.chats import Chats
from server.lifecycle.intake import Intake
from server.lifecycle.processes import beat
from server.lifecycle.rounds import rounds
from server.lifecycle.service import Service
from server.store import stats
from server.supervisor.speaking import voice
from server.supervisor.turns import AgentSupervisor
from server.worker.drive import Driver
from systems import registry

_VERSION = f"{version('agentos')}, graph {GRAPH_VERSION}"
Probe = Callable[[], Awaitable[str]]
_doors = logging.getLogger("agentos.doors")


def systems(settings: Settings) -> dict[str, System]:
    """The systems as the settings describe them; `BadSetting` when something is missing."""
    return registry.build(variables(settings))


def variables(settings: Settings) -> Mapping[str, str]:
    """What the systems are built from; in sandbox mode all of it leads to the stand-ins."""
    if not settings.sandbox:
        return settings.environment
    if settings.sandbox_url is None:
        raise BadSetting(
            "SANDBOX_URL is not set, so the stand-ins of the systems cannot be found.",
            advice="Start `agentos dev`, or `agentos sandbox` and give its address, or SANDBOX=0.",
        )
    return {**settings.environment, **sandbox_variables(settings.sandbox_url)}


def model_choice(settings: Settings) -> ModelChoice:
    """The model that answers; in sandbox mode it is the stand-in, unless an endpoint is given."""
    if settings.agent_llm == "rules":
        return ModelChoice()
    if settings.sandbox and settings.agent_bedrock_endpoint is None:
        given = settings.model_copy(update=stand_in_of_bedrock(settings.sandbox_url or ""))
    else:
        given = settings
    key_id, secret = given.aws_access_key_id, given.aws_secret_access_key
    return ModelChoice(
        llm="bedrock",
        model=given.agent_model,
        region=given.aws_default_region,
        endpoint=given.agent_bedrock_endpoint,
        keys=AwsKeys(key_id, secret, given.aws_session_token) if key_id and secret else None,
    )


def policy(settings: Settings) -> Policy:
    """Who must approve what, and until when; `BadSetting` when the policy is none."""
    found = policies.read(settings.approval_policy)
    if found.deadline_seconds is None:
        default = {"deadline_seconds": settings.approval_deadline_seconds}
        return found.model_copy(update=default)
    return found


def application(settings: Settings) -> FastAPI:
    """The API and, unless others are to execute runs, a worker; they live as long as it does."""
    if not settings.agentos_executes and not settings.database_url:
        raise BadSetting(
            "AGENTOS_EXECUTES is off, but in SQLite mode only the server can execute runs.",
            advice="Let it execute runs, or set DATABASE_URL and start `agentos worker`.",
        )
    refuse_strangers(settings)
    in_slack = approvals_in_slack(variables(settings))
    kept = Keeping(settings, telling(settings, in_slack[0] if in_slack else None))
    found = systems(settings)
    service = replace(
        _service(settings, kept, found),
        probes=_probes(settings, kept),
        intake=Intake(settings.agentos_max_queued),
    )
    unsigned = not settings.approval_webhook_secrets and not settings.known_callers
    driver = partial(_driver, settings, kept, found) if settings.agentos_executes else None
    supervisor = AgentSupervisor(voice(model_choice(settings)))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with (
            observed(settings, variables(settings)),
            kept.open(driver, supervisor.open),
            beside(rounds(kept.database)),
            beside(beat(service, _VERSION)),
        ):
            if unsigned:
                _doors.warning("Approval webhooks are accepted unsigned, from this machine only.")
            if not settings.known_callers:
                _doors.warning(
                    "NOBODY HAS TO LOG IN: whoever uses this machine may do all. See AGENTOS_AUTH."
                )
            yield

    access = _access(settings, kept)
    app = create_app(
        service,
        access=access,
        chats=Chats(
            service,
            supervisor,
            settings.agentos_chat_days,
            settings.agent_chat_tokens,
            model_choice(settings).name,
        ),
        webhook_secrets=settings.approval_webhook_secrets,
        unsigned_webhook_allowed=unsigned,
        slack_door=in_slack[1] if in_slack else None,
        lifespan=lifespan,
    )
    edges = [(edge.source, edge.target) for edge in topology()]
    install(
        app,
        service,
        app.state.stopping,
        actor=lambda request: request.scope[ACTOR],
        edges=edges,
        sandbox=settings.sandbox,
        logs_out=access.sessions is not None,
        keys=access.sessions if isinstance(access.sessions, Holders) else None,
        chats=app.state.chats,
    )
    return app


def refuse_strangers(settings: Settings) -> None:
    """`BadSetting` when others can reach the server and nobody has to log in."""
    if not (settings.known_callers or settings.on_loopback):
        raise BadSetting(
            "Other machines may reach this server, but AGENTOS_AUTH is off: anybody could approve.",
            advice="Set AGENTOS_AUTH=keys and see `agentos keys create`, or bind to 127.0.0.1.",
        )


def _access(settings: Settings, kept: Keeping) -> Access:
    hosts = frozenset(settings.hosts)
    if not settings.known_callers:
        return Access(hosts=hosts)
    ring = KeyRing(kept.database)
    oidc = settings.agentos_auth == "oidc"
    return Access(ring, people(settings) if oidc else holders(settings, ring), hosts)


@asynccontextmanager
async def worker(settings: Settings) -> AsyncIterator[str]:
    """Executes runs while inside, under the name that is given.

    `BadSetting` in SQLite mode, where the server alone does that.
    """
    if not settings.database_url:
        raise BadSetting(
            "DATABASE_URL is not set, and SQLite serves one process only.",
            advice="Set it to a Postgres database, or let `agentos serve` execute the runs.",
        )
    in_slack = approvals_in_slack(variables(settings))
    kept = Keeping(settings, telling(settings, in_slack[0] if in_slack else None))
    found = systems(settings)
    async with (
        observed(settings, variables(settings)),
        kept.open(partial(_driver, settings, kept, found)),
        beside(rounds(kept.database)),
        beside(beat(_service(settings, kept, found), _VERSION)),
    ):
        with metrics_served(settings):
            yield kept.engine.name


def _service(settings: Settings, kept: Keeping, found: Mapping[str, System]) -> Service:
    return Service(
        database=kept.database,
        policy=policy(settings),
        four_eyes=settings.known_callers,
        engine=kept.engine,
        systems=found,
        graph_version=GRAPH_VERSION,
        bell=kept.bell,
        reader=_reader(settings),
        process=kept.engine.name,
        stand_ins=settings.sandbox,
    )


def _driver(settings: Settings, kept: Keeping, found: Mapping[str, System], saver: Saver) -> Driver:
    service = replace(_service(settings, kept, found), database=kept.workbench)
    return Driver(service, build(saver), limits(settings))


def limits(settings: Settings) -> dict[str, Any]:
    """What the settings say of a node's context; see `domain.ports.NodeContext`."""
    choice, tokens = model_choice(settings), settings.agent_run_tokens
    return {
        "max_step_retries": settings.max_step_retries,
        "reader": _reader(settings),
        "writer": None if choice.llm == "rules" else ReportWriter(choice, tokens),
    }


def _reader(settings: Settings) -> RequestReader:
    return RequestReader(Planner(model_choice(settings)), settings.agent_run_tokens)


def _probes(settings: Settings, kept: Keeping) -> Mapping[str, Probe]:
    async def worker() -> str:
        if kept.engine.alive:
            return "ok"
        async with kept.database.write() as tx:
            others = (await stats.load(tx, (GRAPH_VERSION,))).workers
        return "ok" if others else "No worker executes runs."

    async def sandbox() -> str:
        async with httpx.AsyncClient(trust_env=False, timeout=3.0) as client:
            answer = await client.get(f"{settings.sandbox_url}/_sandbox/health")
        return "ok" if answer.is_success else "The sandbox is not well."

    probes: dict[str, Probe] = {"database": kept.database.ping, "worker": worker}
    return probes | {"sandbox": sandbox} if settings.sandbox else probes
