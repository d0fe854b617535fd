"""New runs from what others were about."""

from pathlib import Path
from typing import Any

import pytest

from domain.launches import LaunchRequest
from server.lifecycle.forks import fork
from server.lifecycle.launches import launch
from tests.doubles.house import DANA, house
from tests.integration.api.conftest import Door
from tests.integration.caller import RUNS

YES = {"approved": True, "responder": "dana"}


async def _done(door: Door) -> dict[str, Any]:
    """A completed run whose plan was edited once."""
    run = await door.parked(contacts=[{"email": "dana@example.com"}], note="First.")
    edit = {"systems": ["slack", "github"]}
    await door.move(run["run_id"], "resume", {"decision": "edit", "edit": edit})
    await door.wait(run["run_id"])
    await door.move(run["run_id"], "resume", YES)
    run = await door.wait(run["run_id"])
    assert run["status"] == "completed"
    return run


async def test_fork_is_a_new_run_about_the_same_and_finds_what_was_made(door: Door) -> None:
    old = await _done(door)
    answer = await door.move(old["run_id"], "fork")
    assert answer.status_code == 201
    new = answer.json()
    assert answer.headers["location"] == f"{RUNS}/{new['run_id']}"
    assert new["run_id"] != old["run_id"]
    assert new["origin"] == {"run_id": old["run_id"], "seq": old["version"]}
    for same in ("company", "systems", "note"):
        assert new[same] == old[same]
    new = await door.wait(new["run_id"])
    assert new["status"] == "awaiting_approval"
    assert {change["kind"] for change in new["plan"]["changes"]} == {"adopt"}
    await door.move(new["run_id"], "resume", YES)
    assert (await door.wait(new["run_id"]))["status"] == "completed"
    assert [len(world.objects) for world in door.worlds.values()] == [2, 2, 0]
    assert await door.read(old["run_id"]) == old


async def test_fork_begins_where_the_other_run_was_then(door: Door) -> None:
    old = await _done(door)
    events = await door.events(old["run_id"])
    edited = next(each["seq"] for each in events if each["type"] == "plan_edited")
    before, after = [
        (await door.move(old["run_id"], "fork", {"at": seq})).json() for seq in (edited - 1, edited)
    ]
    assert before["systems"] == ["slack", "github", "grants"]
    assert after["systems"] == ["slack", "github"]
    assert before["origin"]["seq"] == edited - 1


async def test_fork_takes_other_input(door: Door) -> None:
    old = await door.parked(slug="acme-eu", contacts=[{"email": "dana@example.com"}])
    body = {"systems": ["grants"], "contacts": [], "note": "Again."}
    new = (await door.move(old["run_id"], "fork", body)).json()
    assert (new["systems"], new["company"]["contacts"], new["note"]) == (["grants"], [], "Again.")
    assert new["company"]["company_id"] == old["company"]["company_id"]
    other = (await door.move(old["run_id"], "fork", {"company_name": "Other Corp"})).json()
    assert (other["company_name"], other["company"]["slug"]) == ("Other Corp", "other-corp")
    assert other["company"]["contacts"] == old["company"]["contacts"]


async def test_fork_is_one_run_when_its_key_comes_again(door: Door) -> None:
    old = await door.parked(idempotency_key="first")
    key = {"Idempotency-Key": "second"}
    answers = [await door.move(old["run_id"], "fork", {}, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert len({answer.json()["run_id"] for answer in answers}) == 1
    launched = await door.http.post(RUNS, json={"company_name": "Acme Corp"}, headers=key)
    assert (launched.status_code, launched.json()["code"]) == (422, "key_reused")
    without = [(await door.move(old["run_id"], "fork")).json()["run_id"] for _ in range(2)]
    assert len(set(without)) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"at": 0}, 422),
        ({"at": 99}, 404),
        ({"at": "1"}, 422),
        ({"at": 1.5}, 422),
        ({"at": 1.0, "deadline_seconds": 3600}, 201),
        ({"deadline_seconds": 0}, 422),
        ({"systems": ["jira"]}, 422),
        ({"company_name": ""}, 422),
        ({"plan": {}}, 422),
        ({"company_name": None, "slug": None}, 201),
    ],
    ids=str,
)
async def test_fork_is_refused_when_its_input_is_wrong(door: Door, body: Any, status: int) -> None:
    old = await door.parked()
    assert (await door.move(old["run_id"], "fork", body)).status_code == status


async def test_fork_is_refused_when_the_run_has_changed_or_is_unknown(door: Door) -> None:
    old = await door.parked()
    stale = await door.move(old["run_id"], "fork", {}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert (await door.move("run_" + "0" * 22, "fork")).status_code == 404


async def test_webhook_and_verify_heed_if_match(door: Door) -> None:
    run = await door.parked()
    stale = {"If-Match": '"1"'}
    body = {"run_id": run["run_id"], **YES}
    answer = await door.http.post("/webhooks/approval", json=body, headers=stale)
    assert answer.status_code == 412
    current = {"If-Match": f'"{run["version"]}"'}
    assert (await door.http.post("/webhooks/approval", json=body, headers=current)).is_success
    run = await door.wait(run["run_id"])
    assert (await door.move(run["run_id"], "verify", headers=stale)).status_code == 412
    current = {"If-Match": f'"{run["version"]}"'}
    assert (await door.move(run["run_id"], "verify", headers=current)).status_code == 200


async def test_fork_says_the_same_words_when_they_were_not_read_yet(folder: Path) -> None:
    async with house(folder, {}, served=False) as home:
        people = [{"email": "dana@example.com"}]
        said = {"request": "somebody new", "contacts": people, "slug": "new-corp"}
        old = (await launch(home.service, LaunchRequest.model_validate(said), DANA)).run
        new = (await fork(home.service, old.run_id, DANA)).run
    assert new.run_id != old.run_id
    assert new.request.model_dump() == old.request.model_dump()
    assert new.company == old.company
