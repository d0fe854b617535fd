"""Many launches from one sheet, by a browser that runs no scripts."""

from domain.status import RunStatus
from server.lifecycle import reads
from server.lifecycle.feeding import feed
from tests.integration.console.conftest import Desk

SHEET = """company_name,slug
Acme Corp,acme
<b>Globex</b>,globex
Initech,Not A Slug
"""


async def uploaded(desk: Desk) -> str:
    """A sheet of two good rows and a faulty one, checked."""
    await desk.open("/batches")
    await desk.press("Check sheet", sheet=SHEET, name="Spring")
    return desk.path


async def test_a_sheet_is_checked_before_anything_is_launched(desk: Desk) -> None:
    await uploaded(desk)
    page = desk.page
    assert all(w in page.text for w in ("2 ready", "1 with errors", "Nothing is launched yet."))
    assert "slug must be 1 to 60 characters" in page.text
    assert "b" not in [tag for tag, attributes in page.tags if attributes.get("class") == "cover"]
    assert (await reads.list_runs(desk.home.service, tenant="default")).items == []
    page = await desk.open(f"{desk.path}?status=faulty")
    assert "Initech" in page.text and "Acme Corp" not in page.text


async def test_a_batch_is_launched_and_approved_as_one(desk: Desk) -> None:
    path = await uploaded(desk)
    await desk.press("Launch 2")
    await _fed(desk)
    page = await desk.open(path)
    assert "2 plans wait for approval" in page.text
    page = await desk.press("Approve all plans")
    assert "2 runs still to be decided on as you asked." in page.text
    await _fed(desk)
    for run in (await reads.list_runs(desk.home.service, tenant="default")).items:
        await desk.home.until(run.run_id, RunStatus.COMPLETED)
    page = await desk.open(path)
    assert "3 of 3 done" in page.text
    assert {text for href, text in page.links if "/runs/" in href} == {"Acme Corp", "<b>Globex</b>"}


async def test_plans_that_came_since_are_not_approved(desk: Desk) -> None:
    path = await uploaded(desk)
    await desk.press("Launch 2")
    await _fed(desk)
    page = await desk.open(path)
    run = (await reads.list_runs(desk.home.service, tenant="default")).items[0]
    await desk.home.decide(run.run_id, "deny")
    desk.page = page
    page = await desk.press("Approve all plans")
    assert page.status == 409 and "Other plans of this batch wait now" in page.text


async def test_the_same_sheet_leads_to_the_batch_that_exists(desk: Desk) -> None:
    path = await uploaded(desk)
    await uploaded(desk)
    assert desk.path == path and "This file was uploaded" in desk.page.text


async def test_the_rest_is_cancelled(desk: Desk) -> None:
    path = await uploaded(desk)
    await desk.press("Cancel the rest")
    assert desk.path == path and "Cancelled" in desk.page.text
    assert not [b for b in desk.page.buttons if b.text == "Launch 2"]


async def test_a_sheet_that_is_none_keeps_what_was_pasted(desk: Desk) -> None:
    await desk.open("/batches")
    page = await desk.press("Check sheet", sheet="no,such\ncolumns,here")
    assert page.status == 422 and "columns,here" in page.html


async def _fed(desk: Desk) -> None:
    """The batch's turn, which a worker takes by itself, until its runs wait."""
    while await feed(desk.home.service):
        pass
    for run in (await reads.list_runs(desk.home.service, tenant="default")).items:
        await desk.home.settle(run.run_id)
