"""A sheet of companies through the API: checked, launched, approved as one, and read back."""

import asyncio
import csv
import io
from typing import Any

import pytest

from server.lifecycle.feeding import feed
from tests.integration.api.conftest import Door

PATH = "/api/v1/batches"
CSV = {"content-type": "text/csv"}
SHEET = 'company_name,slug\nAcme,\nGlobex,\n"=cmd|x",\nInitech,Not A Slug\n'


async def _upload(door: Door, sheet: str = SHEET, **query: Any) -> dict[str, Any]:
    answer = await door.http.post(PATH, content=sheet.encode(), headers=CSV, params=query)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _until(door: Door, batch_id: str, **wanted: int) -> dict[str, Any]:
    """The batch once its rows have these statuses."""
    async with asyncio.timeout(30):
        while True:
            await feed(door.home.service)
            batch: dict[str, Any] = (await door.http.get(f"{PATH}/{batch_id}")).json()
            if batch["by_status"] == wanted:
                return batch
            await asyncio.sleep(0.05)


async def _post(door: Door, batch_id: str, verb: str, body: Any = None) -> Any:
    answer = await door.http.post(f"{PATH}/{batch_id}/{verb}", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()


async def test_good_rows_end_right_and_faulty_ones_are_named_with_their_line(door: Door) -> None:
    batch = await _upload(door, name="autumn.csv")
    waiting = await _until(door, batch["batch_id"], awaiting_approval=3, faulty=1)
    assert (waiting["done"], waiting["left"], waiting["expected_end"]) == (1, 3, None)
    marked = await _post(door, batch["batch_id"], "approve", {"approvable": waiting["approvable"]})
    assert marked == {"runs": 3}
    done = await _until(door, batch["batch_id"], completed=3, faulty=1)
    assert done["left"] == 0 and done["per_minute"] > 0 and done["approvable"] is None
    page = (await door.http.get(f"{PATH}/{batch['batch_id']}/rows?status=faulty")).json()
    assert [(row["line"], row["field"]) for row in page["items"]] == [(5, "slug")]
    run_id = (await door.http.get(f"{PATH}/{batch['batch_id']}/rows")).json()["items"][0]["run_id"]
    run = (await door.http.get(f"/api/v1/runs/{run_id}")).json()
    assert (run["decisions"][0]["door"], run["decisions"][0]["responder"]) == ("batch", "operator")


async def test_the_results_are_a_sheet_that_carries_nothing_out(door: Door) -> None:
    batch = await _upload(door)
    await _until(door, batch["batch_id"], awaiting_approval=3, faulty=1)
    answer = await door.http.get(f"{PATH}/{batch['batch_id']}/results")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["line"] for row in rows] == ["2", "3", "4", "5"]
    assert rows[2]["company_name"] == "'=cmd|x"
    assert rows[3]["status"] == "faulty" and rows[3]["problem"]


async def test_a_sheet_is_only_checked_when_that_is_asked_for(door: Door) -> None:
    batch = await _upload(door, launch=False)
    assert (batch["state"], batch["by_status"]) == ("checked", {"ready": 3, "faulty": 1})
    assert await feed(door.home.service) == 0
    started = await _post(door, batch["batch_id"], "start")
    assert started["state"] == "running"


async def test_the_same_sheet_again_is_the_same_batch(door: Door) -> None:
    first = await _upload(door)
    again = await door.http.post(PATH, content=SHEET.encode(), headers=CSV)
    assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")
    assert again.json()["batch_id"] == first["batch_id"]


async def test_launch_bodies_are_taken_as_well(door: Door) -> None:
    body = {"rows": [{"company_name": "Acme", "idempotency_key": "a"}, {"company_name": 7}]}
    answer = await door.http.post(PATH, json=body)
    assert answer.status_code == 201
    assert answer.json()["by_status"] == {"ready": 1, "faulty": 1}


async def test_plans_that_nobody_was_shown_are_not_approved(door: Door) -> None:
    batch = await _upload(door)
    shown = await _until(door, batch["batch_id"], awaiting_approval=3, faulty=1)
    rows = (await door.http.get(f"{PATH}/{batch['batch_id']}/rows")).json()["items"]
    await door.move(rows[0]["run_id"], "resume", {"approved": False, "responder": "ilya"})
    await door.wait(rows[0]["run_id"])
    answer = await door.http.post(
        f"{PATH}/{batch['batch_id']}/approve", json={"approvable": shown["approvable"]}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_plan")
    now = (await door.http.get(f"{PATH}/{batch['batch_id']}")).json()
    assert answer.json()["current_digest"] == now["approvable"] != shown["approvable"]


async def test_what_failed_is_tried_again_in_every_run(door: Door) -> None:
    door.worlds["slack"].broken = "refused"
    batch = await _upload(door, "company_name\nAcme\nGlobex\n")
    shown = await _until(door, batch["batch_id"], awaiting_approval=2)
    await _post(door, batch["batch_id"], "approve", {"approvable": shown["approvable"]})
    await _until(door, batch["batch_id"], escalated=2)
    door.worlds["slack"].broken = None
    assert await _post(door, batch["batch_id"], "retry") == {"runs": 2}
    await _until(door, batch["batch_id"], completed=2)


async def test_the_rest_is_cancelled_and_what_was_made_stays(door: Door) -> None:
    batch = await _upload(door, "company_name\nAcme\nGlobex\n")
    await _until(door, batch["batch_id"], awaiting_approval=2)
    rows = (await door.http.get(f"{PATH}/{batch['batch_id']}/rows")).json()["items"]
    await door.move(rows[0]["run_id"], "resume", {"approved": True, "responder": "ilya"})
    await _until(door, batch["batch_id"], awaiting_approval=1, completed=1)
    await _post(door, batch["batch_id"], "cancel")
    await _until(door, batch["batch_id"], cancelled=1, completed=1)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"company_name\nAcme\n", "text/plain", 415),
        (b"company_name\nAcme\n", "text/csv; charset=latin-1", 415),
        (b"\xff\xfe", "text/csv", 422),
        (b"", "text/csv", 422),
        (b"{}", "application/json", 422),
        (b'{"rows": []}', "application/json", 422),
        (b"{", "application/json", 400),
        (b"x" * (4 * 1024 * 1024 + 1), "text/csv", 413),
    ],
)
async def test_what_is_no_sheet_is_refused(
    door: Door, content: bytes, kind: str, status: int
) -> None:
    answer = await door.http.post(PATH, content=content, headers={"content-type": kind})
    assert answer.status_code == status, answer.text


async def test_a_row_in_words_is_accepted_and_called_by_them(door: Door) -> None:
    sheet = "company_name,request\n,Onboard Acme except GitHub\nGlobex,\n"
    batch = await _upload(door, sheet, launch=False)
    assert batch["by_status"] == {"ready": 2}
    page = (await door.http.get(f"{PATH}/{batch['batch_id']}/rows")).json()
    assert [row["company_name"] for row in page["items"]] == [
        "Onboard Acme except GitHub",
        "Globex",
    ]
