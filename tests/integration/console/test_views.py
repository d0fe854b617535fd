"""Views of the runs are kept, followed and removed, by a browser that runs no scripts."""

from dataclasses import replace

from server.lifecycle import bookmarks
from tests.doubles.house import DANA
from tests.integration.console.conftest import Desk

NARROWED = "/runs?state=waiting&by=dana"


def saved(desk: Desk) -> dict[str, str]:
    """The kept views on the page, and where each leads."""
    items = [text for tag, a in desk.page.tags if tag == "li" and (text := a.get("id", ""))]
    views = [name for name in items if name.startswith("view_")]
    hrefs = [(text, href) for href, text in desk.page.links if href.startswith("/runs?")]
    return dict(hrefs[-len(views) :]) if views else {}


async def test_a_view_is_saved_followed_and_removed(desk: Desk) -> None:
    await desk.parked("Acme Corp")
    page = await desk.open("/runs")
    assert "Save this view…" not in page.text
    await desk.open(NARROWED)
    page = await desk.press("Save view", name="Mine <i>now</i>")
    assert desk.path == "/runs" and saved(desk) == {"Mine <i>now</i>": NARROWED}
    assert "Save this view…" not in page.text, "it is saved"
    assert ("i", {}) not in page.tags
    await desk.open("/runs")
    page = await desk.open(saved(desk)["Mine <i>now</i>"])
    assert "Acme Corp" in page.text
    page = await desk.press("×")
    assert saved(desk) == {} and "Save this view…" in page.text


async def test_a_name_that_is_too_long_is_said_and_stays_in_the_form(desk: Desk) -> None:
    await desk.open(NARROWED)
    page = await desk.press("Save view", name="x" * 61)
    assert page.status == 422 and "60 is the limit." in page.text
    assert dict(page.button("Save view").fields)["name"] == "x" * 61
    page = await desk.press("Save view", name="")
    assert page.status == 422 and "name is empty." in page.text


async def test_views_are_of_one_person_in_one_tenant(desk: Desk) -> None:
    await desk.open(NARROWED)
    await desk.press("Save view", name="Mine")
    mine, page = saved(desk), desk.page
    for other in (replace(DANA, name="ilya"), replace(DANA, name="operator", tenant="other")):
        desk.become(other)
        await desk.open("/runs")
        assert saved(desk) == {}
        desk.page = page
        await desk.press("×")
    assert mine
    home = desk.home.service
    assert len(await bookmarks.list_bookmarks(home, replace(DANA, name="operator"))) == 1


async def test_a_view_of_another_site_is_not_kept(desk: Desk) -> None:
    page = await desk.open(NARROWED)
    fields = [(n, "0" * 32 if n == "form_token" else v) for n, v in page.button("Save view").fields]
    assert (await desk.send(f"/runs/views{NARROWED[5:]}", fields)).status == 403
    assert (await desk.send("/runs/views/remove", [("view", "view_1")])).status == 403
    await desk.open("/runs")
    assert saved(desk) == {}
