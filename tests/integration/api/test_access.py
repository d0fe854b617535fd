"""With keys: nobody is let in unknown, nobody does more than a key permits or sees another tenant's
runs."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.keys import Holder
from domain.runs import RunState
from domain.scopes import ALL_SCOPES, Scope
from server.api.gate import Access
from server.lifecycle import keys
from server.lifecycle.service import Actor
from server.store import log
from server.store.sqlite import SqliteDatabase
from server.store.transactions import Transaction
from tests.integration.api.conftest import Door, opened
from tests.integration.caller import RUNS, Caller

UNKNOWN = "run_" + "0" * 22
CANARY = "canary-7f3a"
ACME = {"company_name": "Acme Corp"}
READS = ("", "/events", "/context", "/wait?timeout=0", "?at=1")
MOVES: dict[str, Any] = {
    "pause": None,
    "resume": None,
    "cancel": {"rollback": True},
    "verify": None,
    "steps/slack/retry": None,
    "steps/slack/skip": {"reason": "Not needed."},
}
DECISIONS: tuple[dict[str, Any], ...] = (
    {"approved": True},
    {"approved": False},
    {"decision": "skip", "reason": "Not needed."},
    {"decisions": [{"type": "approve"}]},
)


@pytest.fixture
async def guarded(folder: Path) -> AsyncIterator[Door]:
    async with opened(folder, guarded=Access) as door:
        yield door


@asynccontextmanager
async def holding(
    door: Door, *scopes: Scope, owner: str = "dana", tenant: str = "default"
) -> AsyncIterator[Caller]:
    """Somebody with a new key of their own."""
    holder = Holder(owner=owner, scopes=frozenset(scopes))
    admin = Actor("root", "cli", tenant, scopes=ALL_SCOPES)
    made = await keys.create(door.home.service.database, admin, holder, lifetime=None)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=door.app),
        base_url="http://agentos.test",
        headers={"authorization": f"Bearer {made.text}"},
        event_hooks=door.http.event_hooks,
    ) as http:
        yield Caller(http)


def requests(run_id: str) -> Iterator[tuple[str, str, Any]]:
    """One of each kind, about this run."""
    yield "GET", RUNS, None
    yield "POST", RUNS, ACME
    yield "POST", f"{RUNS}:preview", ACME
    for read in READS:
        yield "GET", f"{RUNS}/{run_id}{read}", None
    for move, body in MOVES.items():
        yield "POST", f"{RUNS}/{run_id}/{move}", body
    for body in DECISIONS:
        yield "POST", f"{RUNS}/{run_id}/resume", body


async def send(http: httpx.AsyncClient, method: str, address: str, body: Any) -> httpx.Response:
    return await http.request(method, address, **({} if body is None else {"json": body}))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": CANARY},
        {"authorization": "Bearer"},
        {"authorization": f"Bearer {CANARY}"},
        {"authorization": f"Basic {CANARY}"},
        {"authorization": "Bearer " + "ä" * 10},
        {"cookie": f"agentos_session={CANARY}"},
    ],
)
async def test_nothing_is_looked_up_when_nobody_is_known(
    guarded: Door, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await parked(guarded)
    looks = watched(monkeypatch)
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    for method, address, _ in requests(run["run_id"]):
        for content in (b"", b"{", b'{"unknown": 1}'):
            answer = await guarded.http.request(method, address, content=content, headers=raw)
            assert answer.status_code == 401, (method, address)
            assert answer.json()["code"] == "unauthenticated"
            assert answer.headers["www-authenticate"] == "Bearer"
            assert CANARY not in answer.text
    for address in ("/", "/nope", f"{RUNS}/{UNKNOWN}", "/api/v1/webhooksx"):
        assert (await guarded.http.get(address, headers=raw)).status_code == 401
    assert looks == []
    async with holding(guarded, Scope.VIEWER) as viewer:
        assert (await viewer.http.get(f"{RUNS}/{UNKNOWN}")).status_code == 404
    assert looks, "the looks are seen when there are any"


def watched(patch: pytest.MonkeyPatch) -> list[str]:
    """Every transaction from now on."""
    looks: list[str] = []

    def watch(name: str) -> None:
        begin = getattr(SqliteDatabase, name)

        def seen(database: SqliteDatabase) -> Any:
            looks.append(name)
            return begin(database)

        patch.setattr(SqliteDatabase, name, seen)

    watch("read")
    watch("write")
    return looks


async def test_two_credentials_are_none(guarded: Door) -> None:
    async with holding(guarded, Scope.VIEWER) as viewer:
        given = viewer.http.headers["authorization"]
        twice = [("authorization", given), ("authorization", given)]
        viewer.http.headers.pop("authorization")
        assert (await viewer.http.get(RUNS, headers=twice)).status_code == 401
        assert (await viewer.http.get(RUNS, headers=twice[:1])).status_code == 200


async def test_health_and_documentation_are_open(guarded: Door) -> None:
    for address in ("/health/live", "/health/ready", "/docs", "/openapi.json"):
        assert (await guarded.http.get(address)).status_code in (200, 503), address


async def parked(door: Door, name: str = "Acme Corp", **more: Any) -> dict[str, Any]:
    """A run that somebody launched and that waits for its approval."""
    async with holding(door, Scope.OPERATOR, owner="olga", **more) as operator:
        return await operator.parked(name)


async def test_a_viewer_reads_and_cannot_write(guarded: Door) -> None:
    run = await parked(guarded)
    async with holding(guarded, Scope.VIEWER) as viewer:
        for method, address, body in requests(run["run_id"]):
            answer = await send(viewer.http, method, address, body)
            expected = 200 if method == "GET" else 403
            assert answer.status_code == expected, (method, address, body)
            if expected == 403:
                assert answer.json()["code"] == "not_allowed"
        assert await viewer.read(run["run_id"]) == run
        assert len((await viewer.http.get(RUNS)).json()["items"]) == 1


async def test_each_scope_permits_its_own_and_no_more(guarded: Door) -> None:
    async with (
        holding(guarded, Scope.OPERATOR, owner="olga") as operator,
        holding(guarded, Scope.APPROVER, owner="ann") as approver,
    ):
        run_id = (await operator.parked())["run_id"]
        for body in DECISIONS:
            assert (await operator.move(run_id, "resume", body)).status_code == 403
        for move in ("steps/slack/retry", "steps/slack/skip"):
            assert (await operator.move(run_id, move, MOVES[move])).status_code == 403
        assert (await send(approver.http, "POST", RUNS, ACME)).status_code == 403
        for move in ("pause", "cancel", "verify"):
            assert (await approver.move(run_id, move)).status_code == 403
        assert (await operator.read(run_id))["status"] == "awaiting_approval"
        assert (await operator.move(run_id, "pause")).status_code == 202
        assert (await approver.move(run_id, "resume")).status_code == 403
        assert (await operator.move(run_id, "resume")).status_code == 202
        assert (await approver.move(run_id, "resume", {"approved": True})).status_code == 202
        assert (await operator.wait(run_id))["status"] == "completed"
        assert (await operator.move(run_id, "verify")).status_code == 200


async def test_an_admin_may_do_all(guarded: Door) -> None:
    async with holding(guarded, Scope.ADMIN) as admin:
        run = await admin.parked()
        answer = await admin.move(run["run_id"], "resume", {"approved": True})
        assert answer.status_code == 202
        assert (await admin.wait(run["run_id"]))["status"] == "completed"


async def test_who_acts_is_the_owner_of_the_key_whichever_it_is(guarded: Door) -> None:
    async with (
        holding(guarded, Scope.OPERATOR, owner="dana") as launching,
        holding(guarded, Scope.APPROVER, owner="dana") as deciding,
    ):
        run = await launching.parked()
        for body in ({"approved": True, "responder": "somebody"}, {"approved": True}):
            answer = await deciding.move(run["run_id"], "resume", body)
            assert answer.status_code == (403 if "responder" in body else 202)
        assert run["launched_by"] == "dana"
        assert (await launching.events(run["run_id"]))[0]["actor"] == "dana"
        (decision,) = (await launching.read(run["run_id"]))["decisions"]
        assert decision["responder"] == "dana"
        named = {"responder": "dana", "approved": True}
        assert (await deciding.move(run["run_id"], "resume", named)).status_code == 200
        await launching.wait(run["run_id"])


async def test_the_launcher_cannot_approve_with_any_key(folder: Path) -> None:
    """As the settings have it where callers are known; the guard off, the same key approves."""
    for four_eyes, status in ((True, 403), (False, 202)):
        async with (
            opened(folder, guarded=Access, four_eyes=four_eyes) as door,
            holding(door, Scope.OPERATOR, owner="Dana") as launching,
            holding(door, Scope.ADMIN, owner="dana ") as other,
        ):
            run = await launching.parked(f"Acme {status}")
            answer = await other.move(run["run_id"], "resume", {"approved": True})
            assert answer.status_code == status
            await launching.wait(run["run_id"])


async def test_another_tenants_run_is_not_there(guarded: Door) -> None:
    run = await parked(guarded, tenant="north")
    of_south = await parked(guarded, "Globex", tenant="south")
    stream = {"accept": "text/event-stream"}
    async with holding(guarded, *ALL_SCOPES, tenant="south") as south:
        for method, address, body in requests(run["run_id"]):
            if run["run_id"] not in address:
                continue
            answer = await send(south.http, method, address, body)
            assert answer.status_code == 404, (method, address)
            known = await send(south.http, method, address.replace(run["run_id"], UNKNOWN), body)
            assert known.json() | {"request_id": ""} == answer.json() | {"request_id": ""}
        events = f"{RUNS}/{run['run_id']}/events"
        assert (await south.http.get(events, headers=stream)).status_code == 404
        (item,) = (await south.http.get(RUNS)).json()["items"]
        assert item["run_id"] == of_south["run_id"]
        assert (await south.read(of_south["run_id"])) == of_south
    async with holding(guarded, *ALL_SCOPES, tenant="north") as north:
        assert await north.read(run["run_id"]) == run


async def test_another_tenants_run_is_there_when_nobody_asks_whose_it_is(
    guarded: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard is off: so the answers above are its doing."""
    run, load = await parked(guarded, tenant="north"), log.load

    async def careless(tx: Transaction, run_id: str, **more: Any) -> RunState:
        return await load(tx, run_id, **more | {"tenant": None})

    monkeypatch.setattr(log, "load", careless)
    async with holding(guarded, *ALL_SCOPES, tenant="south") as south:
        assert await south.read(run["run_id"]) == run


async def test_an_idempotency_key_is_a_tenants_own(guarded: Door) -> None:
    found = []
    for tenant in ("default", "north", "south"):
        async with holding(guarded, Scope.OPERATOR, tenant=tenant) as operator:
            body = ACME | {"idempotency_key": "acme-001"}
            answers = [await operator.http.post(RUNS, json=body) for _ in range(2)]
            assert [answer.status_code for answer in answers] == [201, 200]
            first, again = (answer.json() for answer in answers)
            assert first["run_id"] == again["run_id"]
            assert first["idempotency_key"] == "acme-001"
            found.append(first["run_id"])
            await operator.wait(first["run_id"])
    assert len(set(found)) == 3
