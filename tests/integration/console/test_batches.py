"""Many launches from one sheet, by a browser that runs no scripts."""

import pytest

from domain.sheets import MAX_BYTES
from domain.status import RunStatus
from server.lifecycle import reads
from server.lifecycle.feeding import feed
from tests.integration.console.conftest import Desk
from tests.integration.console.visitor import Page

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


async def chosen(desk: Desk, file: bytes, name: str = "frühling.csv") -> Page:
    """The answer to a file that was chosen and sent."""
    await desk.open("/batches")
    button = desk.page.button("Check sheet")
    return await desk.upload(button.form["action"], button.fields, name=name, file=file)


async def test_a_file_is_taken_as_it_is_without_scripts(desk: Desk) -> None:
    page = await chosen(desk, SHEET.replace("\n", "\r\n").encode("utf-8-sig"))
    assert all(w in page.text for w in ("frühling.csv", "2 ready", "1 with errors"))
    first = desk.path
    await chosen(desk, SHEET.replace("\n", "\r\n").encode("utf-8-sig"), "another name.csv")
    assert desk.path == first and "This file was uploaded" in desk.page.text


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("company_name\nÄcme\n".encode("latin-1"), "Save it as CSV UTF-8"),
        ("company_name\nÄcme\n".encode("utf-16"), "Save it as CSV UTF-8"),
        (b"name\nAcme\n", "Begin with a line of column names"),
        (b"", "There is no sheet."),
        (b"company_name\n" + b"x" * MAX_BYTES, "Split it"),
        (b"company_name\n" + b"x" * 2 * MAX_BYTES, "Split it"),
    ],
    ids=["latin", "utf-16", "header", "empty", "large", "larger"],
)
async def test_a_file_that_is_no_sheet_is_told_with_its_cure(
    desk: Desk, file: bytes, told: str
) -> None:
    page = await chosen(desk, file)
    assert page.status == 422 and told in page.text
    assert "No batches yet." in page.text


async def test_nothing_chosen_and_nothing_pasted_is_told(desk: Desk) -> None:
    page = await chosen(desk, b"", name="")
    assert page.status == 422 and "Choose a file or paste it." in page.text


async def test_a_file_of_another_site_is_refused(desk: Desk) -> None:
    await desk.open("/batches")
    page = await desk.upload("/batches", [("form_token", "0" * 32)], name="a.csv", file=b"x")
    assert page.status == 403


async def test_each_system_has_a_bar_and_its_words(desk: Desk) -> None:
    path = await uploaded(desk)
    assert "By system" not in desk.page.html
    await desk.press("Launch 2")
    await _fed(desk)
    page = await desk.open(path)
    assert "GitHub 2 waiting" in page.text and "Slack 2 waiting" in page.text
    desk.worlds["github"].broken = "refused"
    await desk.press("Approve all plans")
    await _fed(desk)
    for run in (await reads.list_runs(desk.home.service, tenant="default")).items:
        await desk.home.until(run.run_id, RunStatus.ESCALATED)
    page = await desk.open(path)
    assert "GitHub 2 failed" in page.text and "Slack 2 done" in page.text


async def _fed(desk: Desk) -> None:
    """The batch's turn, which a worker takes by itself, until its runs wait."""
    while await feed(desk.home.service):
        pass
    for run in (await reads.list_runs(desk.home.service, tenant="default")).items:
        await desk.home.settle(run.run_id)
