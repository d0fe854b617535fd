"""In with a key and out again, without scripts; and what a browser is told at the door."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from server.api import gate
from server.api.gate import Access
from server.auth.exchange import always
from server.lifecycle import callers, keys
from server.lifecycle.callers import KeyRing
from tests.integration.caller import served
from tests.integration.console.conftest import Desk, opened
from tests.integration.console.door.conftest import BROWSER, ROOT, enter, given, keyed
from tests.integration.console.visitor import Page


async def session_of(desk: Desk) -> str:
    """What a browser is told to keep of a new session."""
    await desk.open("/auth/login")
    form = dict(desk.page.button("Log in").fields) | {"key": (await given(desk)).text}
    answer = await desk.http.post("/auth/login", data=form)
    (told,) = (c for c in answer.headers.get_list("set-cookie") if "key_session" in c)
    return told


async def test_a_key_is_entered_once_and_its_owner_is_known(desk: Desk) -> None:
    made = await given(desk)
    assert "makes keys, by agentos keys create" in (await desk.open("/auth/login")).text
    page = await enter(desk, made.text, "/runs?state=failed")
    assert (desk.path, page.status) == ("/runs", 200)
    assert "dana" in page.text and "operator" in page.text
    cookie = desk.http.cookies["agentos_key_session"]
    assert made.text not in cookie
    await desk.open("/launch")
    await desk.press("Launch", company_name="Acme Corp")
    assert desk.path.startswith("/runs/run_")
    run = await desk.home.settle(desk.path.rpartition("/")[2])
    assert run.launched_by == "dana"


async def test_the_cookie_is_read_by_no_script_and_sent_by_no_other_site(desk: Desk) -> None:
    made = await given(desk)
    await desk.open("/auth/login")
    form = dict(desk.page.button("Log in").fields) | {"key": made.text}
    answer = await desk.http.post("/auth/login", data=form)
    told = next(
        each
        for each in answer.headers.get_list("set-cookie")
        if each.startswith("agentos_key_session=")
    )
    assert "HttpOnly" in told and "SameSite=lax" in told
    assert (answer.status_code, answer.headers["cache-control"]) == (303, "no-store")


async def test_the_cookie_is_for_encrypted_connections_where_browsers_come_by_one(
    folder: Path,
) -> None:
    def secure(ring: KeyRing) -> Access:
        return keyed(ring, AGENTOS_URL="https://agentos.test")

    async with opened(folder, secure) as desk:
        told = await session_of(desk)
        assert told.startswith("__Host-agentos_key_session=") and "Secure" in told


async def test_nobody_is_let_in_with_what_is_no_valid_key(desk: Desk) -> None:
    revoked, over = await given(desk), await given(desk, lifetime=timedelta(microseconds=1))
    await keys.revoke(desk.home.service.database, ROOT, revoked.key.key_id)
    for text in (revoked.text, over.text, revoked.text[:-1] + "x", "<b>key</b>", ""):
        page = await enter(desk, text)
        assert page.status == 401
        assert "This key opens nothing here." in page.text
        assert "agentos_key_session" not in desk.http.cookies
        assert text not in page.html or not text
    assert (await enter(desk, (await given(desk)).text)).status == 200


async def test_the_session_ends_at_once_when_the_key_is_revoked(desk: Desk) -> None:
    made = await given(desk)
    await enter(desk, made.text)
    await keys.revoke(desk.home.service.database, ROOT, made.key.key_id)
    await desk.open("/runs")
    assert desk.path == "/auth/login"
    assert (await desk.http.get("/api/v1/runs")).status_code == 401


async def test_the_session_would_go_on_when_nobody_asked_for_the_key(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard is off: so the end of the session above is its doing."""
    made = await given(desk)
    await enter(desk, made.text)
    monkeypatch.setattr(callers, "FRESH_SECONDS", 1e9)
    await desk.open("/runs")
    await keys.revoke(desk.home.service.database, ROOT, made.key.key_id)
    await desk.open("/runs")
    assert desk.path == "/runs"


async def test_the_session_is_over_after_its_time(folder: Path) -> None:
    def short(ring: KeyRing) -> Access:
        return keyed(ring, AGENTOS_SESSION_HOURS="0.0003")

    async with opened(folder, short) as desk:
        told = await session_of(desk)
        kept = {"cookie": told.partition(";")[0]}  # a browser would forget it by itself
        desk.http.cookies.clear()
        async with asyncio.timeout(20):
            while (await desk.http.get("/api/v1/runs", headers=kept)).status_code != 401:
                await asyncio.sleep(0.1)


async def test_a_session_of_another_secret_is_none(folder: Path) -> None:
    async with opened(folder, keyed) as desk:
        await enter(desk, (await given(desk)).text)
        cookies = dict(desk.http.cookies)

    def other(ring: KeyRing) -> Access:
        return keyed(ring, AGENTOS_SESSION_SECRET="")

    async with opened(folder, other) as desk:
        desk.http.headers.update(BROWSER)
        desk.http.cookies.update(cookies)
        await desk.open("/runs")
        assert desk.path == "/auth/login"


@pytest.mark.parametrize(
    "then", ["https://evil.example", "//evil.example", "/\\evil.example", "runs", "/x\r\ny: z", ""]
)
async def test_the_door_leads_to_our_own_pages_only(desk: Desk, then: str) -> None:
    made = await given(desk)
    page = await desk.open("/auth/login?then=/approvals")
    button = page.button("Log in")
    assert dict(button.fields)["then"] == "/approvals"
    answer = await desk.http.get("/auth/login", params={"then": then})
    assert dict(Page(200, answer.text).button("Log in").fields)["then"] == "/"
    form = dict(button.fields) | {"then": then, "key": made.text}
    answer = await desk.http.post("/auth/login", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_another_site_lets_nobody_in_and_writes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await given(desk)
    page = await desk.open("/auth/login")
    form = dict(page.button("Log in").fields) | {"key": made.text}
    elsewhere = {"origin": "http://evil.example"}
    foreign = await desk.http.post("/auth/login", data=form, headers=elsewhere)
    guessed = await desk.http.post("/auth/login", data=form | {"form_token": "0" * 32})
    assert (foreign.status_code, guessed.status_code) == (403, 403)
    await enter(desk, made.text)
    body = {"company_name": "Acme Corp"}
    for address in ("/api/v1/runs", "/auth/logout"):
        answer = await desk.http.post(address, json=body, headers=elsewhere)
        assert answer.status_code == 403, address
    monkeypatch.setattr(gate, "refuse_other_pages", lambda *_: None)
    answer = await desk.http.post("/api/v1/runs", json=body, headers=elsewhere)
    assert answer.status_code == 201, "the guard is off: so the refusal is its doing"
    await desk.home.settle(answer.json()["run_id"])


async def test_whoever_logs_out_is_told_and_is_out(desk: Desk) -> None:
    await enter(desk, (await given(desk)).text)
    button = desk.page.button("Log out")
    page = await desk.send(button.form["action"], button.fields)
    assert (page.status, desk.path) == (200, "/auth/signed-out")
    assert "You are logged out" in page.text and "dana" not in page.text
    assert ("/auth/login", "Log in again") in page.links
    await desk.open("/runs")
    assert desk.path == "/auth/login"
    assert (await desk.send("/auth/logout", [])).status == 200


@pytest.mark.parametrize("asked", [True, False], ids=["asked", "never asked"])
async def test_an_open_page_hears_that_its_session_has_ended(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    """The guard is off in the second case: so the end of the first is its doing."""
    if not asked:
        monkeypatch.setattr(Access, "still", lambda *_: always)
    made = await given(desk)
    await enter(desk, made.text)
    cookie = {"cookie": f"agentos_key_session={desk.http.cookies['agentos_key_session']}"}
    words: list[str] = []
    async with (
        asyncio.timeout(20),
        served(desk.app) as http,
        http.stream("GET", "/pokes", headers=cookie) as stream,
    ):
        async for line in stream.aiter_lines():
            if not line.startswith("event:"):
                continue
            words.append(line.removeprefix("event: "))
            if len(words) == 2:
                break
            await keys.revoke(desk.home.service.database, ROOT, made.key.key_id)
            desk.home.service.bell.ring("run_1")
        assert (stream.status_code, words) == (200, ["poke", "end" if asked else "poke"])
        assert (await http.get("/pokes", headers=cookie)).status_code == 401
