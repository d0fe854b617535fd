"""People log in at a provider and come back known; nobody else does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwt import JWTClaimsRegistry

from agentos.people import people
from agentos.settings import load
from server.api import gate
from server.api.gate import Access
from server.auth import oidc
from server.lifecycle.callers import KeyRing
from tests.doubles.provider import CLIENT, SECRET, Login, login_provider
from tests.integration.api.conftest import Door, opened
from tests.integration.caller import RUNS

HERE = "http://agentos.test"
PAGE = {"origin": HERE, "sec-fetch-site": "same-origin"}
DANA: dict[str, Any] = {"email": "Dana@Example.com", "groups": ["ops", "staff"]}


@dataclass(frozen=True)
class Desk:
    """A service that lets people in, a browser before it, and the provider of logins."""

    door: Door
    provider: Login

    @property
    def http(self) -> httpx.AsyncClient:
        return self.door.http

    async def away(self, then: str = "/runs") -> str:
        """Begin to log in; the address that the provider sends the browser back to."""
        sent = await self.http.get("/auth/login", params={"then": then})
        assert sent.status_code == 303, sent.text
        async with httpx.AsyncClient(trust_env=False, verify=False) as elsewhere:
            back = await elsewhere.get(sent.headers["location"])
        assert back.status_code == 302, back.text
        address: str = back.headers["location"]
        assert address.startswith(f"{HERE}/auth/callback?")
        return address

    async def log_in(self, then: str = "/runs") -> httpx.Response:
        return await self.http.get(await self.away(then))

    async def refused(self, answer: httpx.Response) -> None:
        """The answer says that nobody was let in, and nobody was."""
        assert (answer.status_code, answer.json()["code"]) == (401, "login_refused")
        assert (await self.http.get(RUNS)).status_code == 401


@asynccontextmanager
async def desk(folder: Path, person: dict[str, Any], **variables: str) -> AsyncIterator[Desk]:
    async with login_provider(**person) as provider:
        known = {
            "AGENTOS_AUTH": "oidc",
            "AGENTOS_URL": HERE,
            "AGENTOS_OIDC_ISSUER": provider.issuer,
            "AGENTOS_OIDC_CLIENT_ID": CLIENT,
            "AGENTOS_OIDC_CLIENT_SECRET": SECRET,
            "AGENTOS_OIDC_SCOPES": "ops=operator, leads=approver, staff=viewer",
            "AGENTOS_SESSION_SECRET": "a secret of more than thirty-two characters",
        }
        logins = people(load(known | variables))

        def access(ring: KeyRing) -> Access:
            return Access(ring, logins)

        async with opened(folder, guarded=access) as door:
            yield Desk(door, provider)


@pytest.fixture
async def office(folder: Path) -> AsyncIterator[Desk]:
    async with desk(folder, DANA) as found:
        yield found


async def test_somebody_who_logs_in_is_known_by_name_groups_and_scopes(office: Desk) -> None:
    assert (await office.http.get(RUNS)).status_code == 401
    answer = await office.log_in("/runs?status=queued")
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs?status=queued")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    launched = await office.http.post(RUNS, json={"company_name": "Acme Corp"}, headers=PAGE)
    assert launched.status_code == 201
    run = await office.door.wait(launched.json()["run_id"])
    assert run["launched_by"] == "dana@example.com"
    approve = await office.door.move(run["run_id"], "resume", {"approved": True}, headers=PAGE)
    assert approve.status_code == 403, "an operator does not decide"


async def test_the_session_is_over_when_somebody_logs_out(office: Desk) -> None:
    await office.log_in()
    assert (await office.http.get(RUNS)).status_code == 200
    left = await office.http.post("/auth/logout", headers=PAGE)
    assert (left.status_code, left.headers["location"]) == (303, "/auth/signed-out")
    assert (await office.http.get(RUNS)).status_code == 401


LIES: list[dict[str, Any]] = [
    {"nonce": "another"},
    {"nonce": None},
    {"aud": "another"},
    {"aud": [CLIENT, "another"]},
    {"aud": None},
    {"azp": "another"},
    {"iss": "https://login.example.com"},
    {"exp": 1_700_000_000},
    {"exp": None},
    {"iat": 4_000_000_000},
    {"sub": None},
    {"email": None},
    {"email": ["dana@example.com"]},
    {"email_verified": False},
    {"email_verified": "false"},
    {"email": "\x00"},
]


async def test_nobody_is_let_in_when_the_token_lies(office: Desk) -> None:
    for lies in LIES:
        office.provider.lies = lies
        await office.refused(await office.log_in())
    office.provider.lies = {}
    assert (await office.log_in()).status_code == 303


async def test_lies_let_in_when_nobody_looks_at_them(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard is off: so the refusals above are its doing."""
    monkeypatch.setattr(JWTClaimsRegistry, "validate", lambda _self, _claims: None)
    for lies in LIES[:3]:
        office.provider.lies = lies
        assert (await office.log_in()).status_code == 303


async def test_nobody_is_let_in_when_the_provider_has_not_signed(office: Desk) -> None:
    for twist in ("forged", "confused", "unsigned"):
        office.provider.twist = twist
        await office.refused(await office.log_in())


async def test_a_code_lets_in_once(office: Desk) -> None:
    back = await office.away()
    ticket = dict(office.http.cookies)
    assert (await office.http.get(back)).status_code == 303
    office.http.cookies.clear()
    for cookies in ({}, ticket):
        office.http.cookies.update(cookies)
        await office.refused(await office.http.get(back))


async def test_only_the_browser_that_began_comes_back(office: Desk) -> None:
    mine = await office.away()
    kept = dict(office.http.cookies)
    office.http.cookies.clear()
    await office.refused(await office.http.get(mine))
    await office.away()  # another login, in another browser: its state is another
    await office.refused(await office.http.get(mine))
    office.http.cookies.clear()
    office.http.cookies.update(kept)
    assert (await office.http.get(mine)).status_code == 303


async def test_nobody_is_let_in_when_what_comes_back_is_changed(office: Desk) -> None:
    for change in ("state=x", "state=ä", "iss=https://evil.example", "code=x", "error=no"):
        address = httpx.URL(await office.away())
        name, _, value = change.partition("=")
        if name == "error":
            address = address.copy_remove_param("code")
        await office.refused(await office.http.get(address.copy_set_param(name, value)))


async def test_a_session_is_none_when_it_is_changed_or_another_cookie(office: Desk) -> None:
    await office.away()
    ticket = office.http.cookies["agentos_login"]
    await office.log_in()
    session = office.http.cookies["agentos_session"]
    head, body, sign = session.split(".")
    for text in (ticket, f"{head}.{body[:-2]}.{sign}", f"{head}.{body}.", "x", ""):
        office.http.cookies.clear()
        cookie = {"cookie": f"agentos_session={text}"}
        assert (await office.http.get(RUNS, headers=cookie)).status_code == 401, text
    cookie = {"cookie": f"agentos_session={session}"}
    assert (await office.http.get(RUNS, headers=cookie)).status_code == 200


async def test_a_session_is_over_after_its_time(folder: Path) -> None:
    async with desk(folder, DANA, AGENTOS_SESSION_HOURS="0.0001") as office:
        await office.log_in()
        async with asyncio.timeout(20):
            while (await office.http.get(RUNS)).status_code != 401:
                await asyncio.sleep(0.1)


ELSEWHERE: list[dict[str, str]] = [
    {},
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"origin": "http://evil.example", "sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
]


async def test_a_session_writes_nothing_for_another_site(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.log_in()
    body = {"company_name": "Acme Corp"}
    for headers in ELSEWHERE:
        for address in (RUNS, "/auth/logout"):
            answer = await office.http.post(address, json=body, headers=headers)
            assert answer.status_code == 403, (address, headers)
    assert (await office.http.get(RUNS)).json()["items"] == []
    monkeypatch.setattr(gate, "refuse_other_pages", lambda *_: None)
    written = await office.http.post(RUNS, json=body, headers=ELSEWHERE[1])
    assert written.status_code == 201, "the guard is off: so the refusals are its doing"
    await office.http.get(f"{RUNS}/{written.json()['run_id']}/wait")


async def test_a_login_leads_to_our_own_pages_only(office: Desk) -> None:
    for then in ("runs", "//evil.example", "/\\evil.example", "https://evil.example", "/x\r\ny: z"):
        assert (await office.log_in(then)).headers["location"] == "/", then
    for then in ("/approvals?mine=1", "/"):
        assert (await office.log_in(then)).headers["location"] == then


async def test_whoever_looks_at_a_page_is_sent_to_log_in(office: Desk) -> None:
    page = {"accept": "text/html"}
    answer = await office.http.get("/runs?a=b", headers=page)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/auth/login?then=%2Fruns%3Fa%3Db",
    )
    assert (await office.http.post("/runs", headers=page)).status_code == 401


async def test_who_is_in_no_group_that_permits_anything_may_do_nothing(office: Desk) -> None:
    for groups, status in (([], 403), (["other", 7], 403), (None, 403), ("staff", 200)):
        office.provider.lies = {"groups": groups}
        assert (await office.log_in()).status_code == 303
        assert (await office.http.get(RUNS)).status_code == status
        left = await office.http.post("/auth/logout", headers=PAGE)
        assert left.status_code == 303
        assert (await office.http.get(RUNS)).status_code == 401


async def test_somebody_is_of_the_tenant_that_the_provider_says(folder: Path) -> None:
    person = DANA | {"org": "north"}
    async with desk(folder, person, AGENTOS_OIDC_TENANT_CLAIM="org") as office:
        run = await office.door.home.launch()
        await office.door.home.settle(run.run_id)
        await office.log_in()
        assert (await office.http.get(f"{RUNS}/{run.run_id}")).status_code == 404
        mine = await office.http.post(RUNS, json={"company_name": "Globex"}, headers=PAGE)
        await office.door.wait(mine.json()["run_id"])


async def test_a_tenant_that_is_none_lets_nobody_in(folder: Path) -> None:
    async with desk(folder, DANA, AGENTOS_OIDC_TENANT_CLAIM="org") as office:
        await office.refused(await office.log_in())


async def test_a_new_key_of_the_provider_is_found(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "_KEYS_AGAIN_SECONDS", 0.0)
    await office.log_in()
    office.provider.turn_key()
    assert (await office.log_in()).status_code == 303
    assert office.provider.asked.count("/jwks") == 2


async def test_a_provider_that_is_away_is_told_and_keys_work_meanwhile(folder: Path) -> None:
    async with desk(folder, DANA, AGENTOS_OIDC_ISSUER="http://127.0.0.1:9") as office:
        answer = await office.http.get("/auth/login")
        assert (answer.status_code, answer.json()["code"]) == (503, "provider_away")
        assert answer.headers["retry-after"]


async def test_a_provider_that_describes_another_is_not_believed(office: Desk) -> None:
    issuer, office.provider.issuer = office.provider.issuer, "https://evil.example"
    assert (await office.http.get("/auth/login")).status_code == 503
    office.provider.issuer = issuer
    assert (await office.http.get("/auth/login")).status_code == 303
