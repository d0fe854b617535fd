"""What the outer layers refuse is told on a page to people, and plainly to programs."""

import pytest

from domain.errors import StoreUnavailable
from server.store.sqlite import SqliteDatabase
from tests.integration.console.conftest import Desk
from tests.integration.console.door.conftest import BROWSER, HERE, PROGRAM, enter, given


async def test_a_form_that_nobody_sends_is_refused_on_a_page(desk: Desk) -> None:
    sent = BROWSER | {"referer": f"{HERE}/launch?a=b"}
    page = await desk.send("/launch", [("company_name", "Acme")], **sent)
    assert page.status == 401
    for words in (
        "Nobody is logged in",
        "Log in, then do it once more.",
        "unauthenticated",
        "req_",
    ):
        assert words in page.text, words
    assert ("/auth/login?then=%2Flaunch", "Log in") in page.links
    program = await desk.http.post("/launch", headers=PROGRAM)
    assert program.headers["content-type"] == "application/problem+json"


async def test_what_the_outer_layers_refuse_is_a_page_for_people_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enter(desk, (await given(desk)).text)
    missing = await desk.open("/nope")
    assert (missing.status, "There is nothing at this address." in missing.text) == (404, True)
    assert "Go on from one of the pages." in missing.text
    assert "dana" in missing.text and ("/runs", "All runs") in missing.links
    astray = await desk.open(f"{HERE}//evil.example/runs")
    assert (astray.status, astray.links[-2:]) == (
        404,
        [("/runs", "Try again"), ("/runs", "All runs")],
    )
    sent = {"referer": f"{HERE}//evil.example", "origin": "http://evil.example"}
    astray = await desk.send("/launch", [], **sent)
    assert (astray.status, ("/runs", "Try again") in astray.links) == (403, True)
    wrong = await desk.http.put("/runs")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD")
    other = await desk.send("/launch", [], origin="http://evil.example")
    assert (other.status, "A page of another site sent this." in other.text) == (403, True)
    large = await desk.send("/launch", [("note", "x" * 70_000)])
    assert (large.status, "The body is larger than 64 KiB." in large.text) == (413, True)

    def away(_database: SqliteDatabase) -> None:
        raise StoreUnavailable("The database does not answer.")

    monkeypatch.setattr(SqliteDatabase, "read", away)
    down = await desk.open("/runs")
    assert (down.status, "The database does not answer." in down.text) == (503, True)
    for page in (missing, other, large, down):
        assert "Request: req_" in page.text
    again = await desk.http.get("/runs")
    assert again.headers["retry-after"] and "script-src 'self'" in str(again.headers)
    for path, headers in (("/api/v1/runs", BROWSER), ("/runs", PROGRAM)):
        told = await desk.http.get(path, headers=headers)
        assert told.headers["content-type"] == "application/problem+json", path


async def test_a_refusal_is_told_plainly_when_no_page_can_be_made(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(desk.app.state, "refusal_page", broken)
    answer = await desk.http.put("/runs", headers=BROWSER)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
