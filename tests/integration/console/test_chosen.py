"""Several runs at once, by a browser that runs no scripts; nothing of it passes a check by."""

import csv
import io
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from domain.errors import StoreUnavailable
from domain.policies import Policy
from domain.runs import RunState
from domain.scopes import Scope
from domain.status import RunStatus
from server.lifecycle import bulk, cancels, reads
from tests.doubles.house import DANA
from tests.integration.console.conftest import Desk, opened
from tests.integration.console.visitor import Page

PATH = "/runs/chosen"
FORM = {"content-type": "application/x-www-form-urlencoded"}
OTHER = replace(DANA, tenant="other")


async def choose(desk: Desk, move: str, *run_ids: str, **more: str) -> Page:
    """Tick runs in the list and press a button under it."""
    query = [("run", run_id) for run_id in run_ids] + [("move", move), *more.items()]
    return await desk.open(f"{PATH}?{urlencode(query)}")


async def run_of(desk: Desk, run_id: str) -> RunState:
    return await reads.get_run(desk.home.service, run_id, tenant="default")


async def escalated(desk: Desk, name: str) -> str:
    """A run whose slack was refused."""
    desk.worlds["slack"].broken = "refused"
    run_id = await desk.parked(name)
    await desk.home.decide(run_id, "approve")
    await desk.home.until(run_id, RunStatus.ESCALATED)
    return run_id


async def test_the_list_offers_a_box_for_each_run_and_keeps_the_filters(desk: Desk) -> None:
    run_id = await desk.parked("<b>Acme</b>")
    page = await desk.open("/runs?state=waiting&by=dana")
    boxes = [a for tag, a in page.tags if tag == "input" and a.get("name") == "run"]
    assert [(a["value"], a["aria-label"]) for a in boxes] == [(run_id, "Choose <b>Acme</b>")]
    button = page.button("Cancel runs…")
    assert (button.form["action"], button.form.get("method", "get")) == (PATH, "get")
    page = await choose(desk, "cancel", run_id, **dict(button.fields))
    assert ("/runs?state=waiting&by=dana", "Leave them as they are") in page.links


async def test_cancelling_names_the_consequence_and_tells_what_came_of_each(desk: Desk) -> None:
    first, second = await desk.parked("Acme"), await desk.parked("Globex")
    ended = await desk.parked("Initech")
    await desk.home.decide(ended, "deny", reason="No budget.")
    await desk.home.until(ended, RunStatus.DENIED)
    page = await choose(desk, "cancel", first, second, ended)
    assert "Cancel 2 runs?" in page.text and "Ends before anything is made." in page.text
    assert "Has ended already; nothing changes." in page.text
    assert [b.text for b in page.buttons if b.form.get("id") == "asked"] == ["Cancel 2 runs"]
    assert (await run_of(desk, first)).status is RunStatus.AWAITING_APPROVAL
    page = await desk.press("Cancel 2 runs")
    assert page.status == 200 and "2 cancelled, 1 had already ended" in page.text
    for run_id in (first, second):
        run = await desk.home.until(run_id, RunStatus.CANCELLED)
        assert run.failure is not None and "operator" in run.failure.message
    assert not any(world.objects for world in desk.worlds.values())


async def test_undoing_is_offered_where_something_was_made(desk: Desk) -> None:
    run_id = await escalated(desk, "Acme")
    page = await choose(desk, "cancel", run_id)
    assert "2 actions are done." in page.text and desk.worlds["github"].objects
    page = await desk.press("Cancel and undo 1 run")
    assert "1 cancelled and to be undone" in page.text
    await desk.home.until(run_id, RunStatus.ROLLED_BACK)
    assert not desk.worlds["github"].objects


async def test_retrying_is_one_decision_for_each_run_that_asks(desk: Desk) -> None:
    failed, waits = await escalated(desk, "Acme"), await desk.parked("Globex")
    page = await choose(desk, "retry", failed, waits)
    assert "Retry 1 run?" in page.text and "Tries Slack again." in page.text
    assert "Has no failed system that waits for a decision." in page.text
    desk.worlds["slack"].broken = None
    page = await desk.press("Retry 1 run")
    assert "1 retried, 1 left as it is" in page.text
    run = await desk.home.until(failed, RunStatus.COMPLETED)
    assert [d.door for d in run.decisions] == ["api", "console"]
    assert (await run_of(desk, waits)).status is RunStatus.AWAITING_APPROVAL


async def test_a_run_that_moved_on_meanwhile_is_not_retried(desk: Desk) -> None:
    run_id = await escalated(desk, "Acme")
    before = await choose(desk, "retry", run_id)
    await desk.home.decide(run_id, "retry")
    await desk.home.until(run_id, RunStatus.PROVISIONING, RunStatus.VALIDATING)
    run = await desk.home.until(run_id, RunStatus.ESCALATED)
    desk.page = before
    page = await desk.press("Retry 1 run")
    assert (page.status, (await run_of(desk, run_id)).version) == (409, run.version)
    assert "1 changed meanwhile" in page.text


async def test_a_form_of_another_site_or_without_its_secret_does_nothing(desk: Desk) -> None:
    run_id = await desk.parked()
    page = await choose(desk, "cancel", run_id)
    fields = [*page.button("Cancel 1 run").fields, ("move", "cancel")]
    stripped = [(n, "0" * 32 if n == "form_token" else v) for n, v in fields]
    assert (await desk.send(PATH, stripped)).status == 403
    sent = {"content": urlencode(fields), "headers": {"origin": "http://elsewhere.test"} | FORM}
    assert (await desk.http.post(PATH, **sent)).status_code == 403  # type: ignore[arg-type]
    assert (await run_of(desk, run_id)).cancel_requested is None
    assert (await desk.send(PATH, fields)).status == 200


@pytest.mark.parametrize(("move", "scope"), [("cancel", Scope.VIEWER), ("retry", Scope.OPERATOR)])
async def test_who_may_not_is_told_so_and_nothing_is_done(
    desk: Desk, move: str, scope: Scope
) -> None:
    run_id = await escalated(desk, "Acme")
    version = (await run_of(desk, run_id)).version
    desk.become(replace(DANA, scopes=frozenset({scope})))
    page = await choose(desk, move, run_id)
    (button,) = [b for b in page.buttons if b.attributes.get("value") == move]
    assert "disabled" in button.attributes and "This needs the scope" in page.text
    page = await desk.send(PATH, [*button.fields, ("move", move)])
    assert page.status == 403 and "1 not allowed" in page.text
    assert (await run_of(desk, run_id)).version == version


async def test_whom_the_policy_leaves_out_is_left_out_here_too(folder: Path) -> None:
    rules = {"escalation": {"approvers": {"people": ["ilya"]}}}
    async with opened(folder, policy=Policy.model_validate(rules)) as desk:
        run_id = await escalated(desk, "Acme")
        page = await choose(desk, "retry", run_id)
        assert "Nothing to do" in page.text and "for others to answer" in page.text
        version = str((await run_of(desk, run_id)).version)
        fields = dict(page.buttons[0].fields) | {"move": "retry", "run": run_id}
        page = await desk.send(PATH, [*fields.items(), ("version", version)])
        assert page.status == 403 and "1 not allowed" in page.text
        assert (await run_of(desk, run_id)).status is RunStatus.ESCALATED


async def test_runs_of_others_are_not_there(desk: Desk) -> None:
    run_id = await desk.parked("Secret Corp")
    desk.become(OTHER)
    for address in (f"{PATH}?move=cancel&run={run_id}", f"{PATH}?move=retry&run={run_id}"):
        page = await desk.open(address)
        assert "Secret" not in page.text and "1 chosen run cannot be found any more." in page.text
    answer = await desk.http.get(f"{PATH}.csv?run={run_id}")
    assert len(answer.text.splitlines()) == 1
    fields = [*page.buttons[-1].fields, ("form_token", desk.http.cookies["agentos_form"])]
    page = await desk.send(PATH, [*fields, ("run", run_id), ("move", "cancel")])
    assert (page.status, "1 not found" in page.text) == (404, True)
    assert (await run_of(desk, run_id)).cancel_requested is None


async def test_a_choice_is_neither_empty_nor_endless(desk: Desk) -> None:
    ids = [f"run_{number:022d}" for number in range(bulk.MOST + 1)]
    page = await choose(desk, "cancel", *ids)
    assert page.status == 422 and "101 runs are chosen; 100 is the limit." in page.text
    assert (await choose(desk, "cancel", *ids[1:])).status == 200
    assert "No run is chosen." in (await choose(desk, "retry")).text
    assert (await choose(desk, "cancel", "run_%00")).status == 422
    assert (await choose(desk, "burn", ids[0])).status == 404


async def test_nothing_goes_on_once_the_database_is_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [await desk.parked(name) for name in ("One", "Two", "Three")]
    await choose(desk, "cancel", *ids)
    asked: list[str] = []
    cancel = cancels.cancel

    async def failing(service: object, run_id: str, *rest: object, **more: object) -> RunState:
        asked.append(run_id)
        if len(asked) == 2:
            raise StoreUnavailable("The database does not answer.")
        return await cancel(service, run_id, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(cancels, "cancel", failing)
    page = await desk.press("Cancel 3 runs")
    assert "1 cancelled, 2 not reached" in page.text and asked == ids[:2]


async def test_a_sheet_of_the_choice_carries_nothing_out(desk: Desk) -> None:
    first, second = await desk.parked("=HYPERLINK(1)"), await escalated(desk, "Acme, Inc")
    await desk.parked("Not chosen")
    answer = await desk.http.get(f"{PATH}.csv?run={second}&run={first}&run={second}")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["company_name"] for row in rows] == ["Acme, Inc", "'=HYPERLINK(1)"]
    assert (rows[0]["status"], rows[0]["failed_systems"]) == ("escalated", "slack")
    assert (rows[1]["run_id"], rows[1]["launched_by"]) == (first, "dana")
