"""The pages as plain HTTP: what they show, how they refuse, under which headers."""

import pytest

from domain.errors import StoreUnavailable
from tests.integration.console.conftest import Desk

PAGES = ("/runs", "/approvals", "/launch", "/batches", "/systems")
HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}\u200d"


async def test_the_console_is_at_the_root(desk: Desk) -> None:
    page = await desk.open("/")
    assert (page.status, desk.path) == (200, "/runs")
    assert "No launches yet. Launch your first organisation." in page.text


@pytest.mark.parametrize("path", [*PAGES, "/runs/run_x"])
async def test_every_page_has_the_policy_and_nothing_inline(desk: Desk, path: str) -> None:
    answer = await desk.http.get(path)
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    page = await desk.open(path)
    for tag, attributes in page.tags:
        assert tag != "style" and "style" not in attributes
        assert tag != "script" or attributes["src"].startswith("/assets/")
        assert not [name for name in attributes if name.startswith("on")]


@pytest.mark.parametrize("path", PAGES)
async def test_no_link_of_the_frame_is_dead(desk: Desk, path: str) -> None:
    page = await desk.open(path)
    for href, _ in page.links:
        if href.startswith("/"):
            assert (await desk.http.get(href)).status_code in (200, 303), href


async def test_an_empty_sandbox_offers_an_example(desk: Desk) -> None:
    page = await desk.open("/runs")
    (example,) = [href for href, text in page.links if text == "Launch the sandbox example"]
    page = await desk.open(example)
    fields = page.button("Launch").fields
    assert dict(fields)["company_name"] == "Acme Corp"
    assert ("contact_email", "dana@acme.example") in fields


async def test_assets_are_kept_for_good_and_found(desk: Desk) -> None:
    page = await desk.open("/runs")
    files = [a["href"] for tag, a in page.tags if tag == "link"]
    files += [a["src"] for tag, a in page.tags if tag == "script"]
    for file in files:
        answer = await desk.http.get(file)
        assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]


async def test_a_page_that_has_not_changed_is_not_sent_again(desk: Desk) -> None:
    await desk.open("/launch")
    first = await desk.http.get("/approvals")
    again = await desk.http.get("/approvals", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await desk.parked()
    other = await desk.http.get("/approvals", headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200


async def test_an_unknown_run_is_said_to_be_unknown(desk: Desk) -> None:
    page = await desk.open("/runs/run_0000000000000000000000")
    assert page.status == 404
    assert "No run with this id. It may be in another environment." in page.text


async def test_a_filter_that_nothing_matches_has_an_empty_page_of_its_own(desk: Desk) -> None:
    run_id = await desk.parked("Acme Corp")
    assert "No run matches these filters." in (await desk.open("/runs?q=zzz")).text
    assert "Acme Corp" in (await desk.open("/runs?q=acme")).text
    assert "Acme Corp" in (await desk.open(f"/runs?q={run_id}")).text
    assert "No run matches these filters." in (await desk.open("/runs?state=failed")).text
    assert "Acme Corp" in (await desk.open("/runs?state=waiting&since=2020-01-01")).text


async def test_pages_of_runs_follow_one_another_without_gap(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.console.runs._PAGE", 2)
    for number in range(5):
        await desk.home.launch(f"Company {number}")
    seen: list[str] = []
    page = await desk.open("/runs")
    while True:
        seen += [text for href, text in page.links if text.startswith("Company")]
        older = [href for href, text in page.links if text == "Older runs"]
        if not older:
            break
        page = await desk.open(older[0])
    assert seen == [f"Company {number}" for number in (4, 3, 2, 1, 0)]


async def test_a_name_that_would_be_markup_is_text_on_every_page(desk: Desk) -> None:
    run_id = await desk.parked(HOSTILE)
    pages = ["/runs", "/approvals", f"/launch?from={run_id}"]
    pages += [f"/runs/{run_id}{tab}" for tab in ("", "/plan", "/report", "/events")]
    for path in pages:
        page = await desk.open(path)
        assert page.status == 200, path
        assert "img" not in [tag for tag, _ in page.tags], path
        assert "{{7*7}}" in page.html, path


async def test_what_cannot_be_seen_is_spelt_out_where_it_is_approved(desk: Desk) -> None:
    run_id = await desk.parked("Acme\u200dCorp")
    page = await desk.open(f"/runs/{run_id}")
    assert "Approve this plan for Acme‹U+200D›Corp?" in page.text
    assert "\u200d" not in page.html


async def test_a_database_that_is_away_is_told_on_the_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise StoreUnavailable("The database does not answer.")

    monkeypatch.setattr(type(desk.home.service.database), "read", lambda _self: away())
    page = await desk.open("/runs")
    assert page.status == 503
    assert "Database unreachable." in page.text and "Try again" in page.text
    assert (await desk.http.get("/runs")).headers["retry-after"] == "1"


async def test_a_defect_is_told_on_a_page_and_not_in_detail(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("a secret that must not be shown")

    monkeypatch.setattr("server.console.runs.cards", broken)
    await desk.parked()
    page = await desk.open("/runs")
    assert page.status == 500 and "secret" not in page.html
    assert "Try again" in page.text
