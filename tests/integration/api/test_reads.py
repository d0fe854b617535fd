"""Listing and reading runs."""

from urllib.parse import parse_qs, urlsplit

from domain.context import to_context
from domain.scopes import DEFAULT_TENANT
from server.lifecycle import reads
from tests.integration.api.conftest import Door
from tests.integration.caller import RUNS

UNKNOWN = f"{RUNS}/run_{'0' * 22}"
WRONG_FILTERS = (
    "status=nope",
    "status=",
    "status=completed,",
    "limit=0",
    "limit=201",
    "limit=x",
    "limit=" + "9" * 5_000,
    "cursor=nonsense",
    "cursor=%00",
    "cursor=" + "W1tb" * 200,
    "created_after=yesterday",
    "created_after=2026-01-01T00:00:00",
    "created_after=0001-01-01T00:00:00%2B23:59",
    "created_after=9999-12-31T23:59:59-23:59",
    "company=%00",
    "company=%E2%80%AE",
    "company=",
    "launched_by=%00",
    "launched_by=",
    "system=%25",
    "system=",
    "stauts=completed",
)
NOWHERE = (
    UNKNOWN,
    f"{UNKNOWN}/events",
    f"{UNKNOWN}/context",
    f"{UNKNOWN}/wait?timeout=0",
    f"{RUNS}/nope",
    f"{RUNS}/run_%00",
    f"{RUNS}/%ED%A0%80",
    f"{RUNS}/..%2f..",
    f"{RUNS}/run_{'0' * 22}%0A",
    f"{RUNS}/{'x' * 5_000}",
    f"{RUNS}/",
    "/",
    "/api/v1",
)


async def test_all_runs_are_seen_once_when_pages_are_followed(door: Door) -> None:
    launched = [(await door.launch(f"Company {n}"))["run_id"] for n in range(5)]
    seen: list[str] = []
    address: str | None = f"{RUNS}?limit=2&status=queued,planning&status=awaiting_approval"
    while address:
        answer = await door.http.get(address)
        page = answer.json()
        seen += [run["run_id"] for run in page["items"]]
        link = answer.links.get("next")
        assert (link is None) == (page["next_cursor"] is None)
        address = link["url"] if link else None
        if address:
            query = parse_qs(urlsplit(address).query)
            assert query["cursor"] == [page["next_cursor"]]
            assert query["status"] == ["queued,planning", "awaiting_approval"]
    assert seen == launched[::-1]


async def test_runs_are_filtered_when_several_statuses_are_asked_for(door: Door) -> None:
    run = await door.parked("Acme Corp")
    denied = await door.parked("Other Corp")
    await door.move(denied["run_id"], "resume", {"approved": False, "responder": "dana"})

    async def listed(query: str) -> set[str]:
        answer = await door.http.get(f"{RUNS}?{query}")
        return {item["run_id"] for item in answer.json()["items"]}

    assert await listed("status=awaiting_approval") == {run["run_id"]}
    both = {run["run_id"], denied["run_id"]}
    assert await listed("status=awaiting_approval&status=denied") == both
    assert await listed("status=awaiting_approval,denied") == both
    assert await listed("company=ACME%20corp") == {run["run_id"]}
    created_after = run["created_at"].replace("+", "%2B")
    assert await listed(f"created_after={created_after}") == {denied["run_id"]}
    assert await listed(f"launched_by={run['launched_by'].upper()}") == both
    assert await listed("launched_by=nobody") == set()
    assert await listed(f"system={run['systems'][0]}&company=acme corp") == {run["run_id"]}
    assert await listed("system=other") == set()


async def test_list_is_refused_when_a_filter_is_wrong(door: Door) -> None:
    for query in WRONG_FILTERS:
        answer = await door.http.get(f"{RUNS}?{query}")
        assert answer.status_code == 422, query
        assert answer.headers["content-type"] == "application/problem+json"


async def test_nothing_is_sent_when_the_caller_has_the_version(door: Door) -> None:
    run = await door.parked()
    address = f"{RUNS}/{run['run_id']}"
    first = await door.http.get(address)
    again = await door.http.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    await door.move(run["run_id"], "pause")
    changed = await door.http.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.json()["status"] == "paused"


async def test_run_is_shown_as_it_was_when_an_event_is_named(door: Door) -> None:
    run = await door.parked()
    past = (await door.http.get(f"{RUNS}/{run['run_id']}?at=1")).json()
    assert (past["version"], past["status"], past["plan"]) == (1, "queued", None)


async def test_past_is_refused_when_there_is_no_such_event(door: Door) -> None:
    run = await door.launch()
    for at in ("0", "-1", "x", "1.5", "9" * 30):
        answer = await door.http.get(f"{RUNS}/{run['run_id']}?at={at}")
        assert answer.status_code == 422, at
        assert answer.json()["field"] == "at"
    assert (await door.http.get(f"{RUNS}/{run['run_id']}?at=99")).status_code == 404


async def test_nothing_is_found_when_the_address_leads_nowhere(door: Door) -> None:
    for address in NOWHERE:
        answer = await door.http.get(address)
        assert answer.status_code == 404, address
        assert answer.json()["code"] == "not_found"


async def test_context_is_what_a_model_is_shown(door: Door) -> None:
    run = await door.parked("</run> Acme")
    answer = await door.http.get(f"{RUNS}/{run['run_id']}/context")
    state = await reads.get_run(door.home.service, run["run_id"], tenant=DEFAULT_TENANT)
    assert answer.text == to_context(state)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


async def test_waiting_ends_when_the_run_is_parked(door: Door) -> None:
    run = await door.launch()
    assert (await door.wait(run["run_id"]))["status"] == "awaiting_approval"


async def test_run_is_answered_as_it_is_when_the_wait_is_over(door: Door) -> None:
    door.worlds["slack"].slow_seconds = 60
    run = await door.parked()
    await door.move(run["run_id"], "resume", {"approved": True, "responder": "dana"})
    answer = await door.http.get(f"{RUNS}/{run['run_id']}/wait?timeout=0")
    assert answer.json()["status"] == "provisioning"


async def test_waiting_ends_when_the_server_stops(door: Door) -> None:
    door.worlds["slack"].slow_seconds = 60
    run = await door.parked()
    await door.move(run["run_id"], "resume", {"approved": True, "responder": "dana"})
    door.app.state.stopping.set()
    answer = await door.http.get(f"{RUNS}/{run['run_id']}/wait?timeout=60")
    assert answer.json()["status"] == "provisioning"


async def test_wait_is_refused_when_its_timeout_is_out_of_range(door: Door) -> None:
    run = await door.launch()
    for timeout in ("-1", "61", "nan", "inf", "x", "1e400"):
        answer = await door.http.get(f"{RUNS}/{run['run_id']}/wait?timeout={timeout}")
        assert answer.status_code == 422, timeout


async def test_run_shows_its_steps_in_the_order_of_its_systems(door: Door) -> None:
    run = await door.parked()
    await door.move(run["run_id"], "resume", {"approved": True, "responder": "dana"})
    run = await door.wait(run["run_id"])
    assert run["status"] == "completed"
    assert [step["system"] for step in run["steps"]] == run["systems"]
    assert [step["status"] for step in run["steps"]] == ["success"] * 3
    applied = run["progress"]["slack"]["applied"]
    assert [made["id"] for made in applied] == ["a-acme-corp", "b-acme-corp"]
    assert [made["key"].rpartition("/")[2] for made in applied] == ["a", "b"]
    assert run["report"]["missing"] == []
