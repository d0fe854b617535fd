"""A console that asks for keys, in a browser that runs no scripts."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from agentos.people import holders
from agentos.settings import load
from domain.keys import Holder
from domain.scopes import ALL_SCOPES, Scope
from server.api import gate
from server.api.gate import Access
from server.lifecycle import callers, keys
from server.lifecycle.callers import KeyRing
from server.lifecycle.keys import Given
from server.lifecycle.service import Actor
from tests.integration.console.conftest import Desk, opened
from tests.integration.console.visitor import Page

HERE = "http://agentos.test"
BROWSER = {"accept": "text/html", "origin": HERE}
PROGRAM = {"accept": "*/*"}
ROOT = Actor("root", "cli", scopes=ALL_SCOPES)
SETTINGS = {"AGENTOS_AUTH": "keys", "AGENTOS_URL": HERE, "AGENTOS_SESSION_SECRET": "x" * 32}


def keyed(ring: KeyRing, **variables: str) -> Access:
    return Access(ring, holders(load(SETTINGS | variables), ring))


@pytest.fixture
async def desk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """Where keys are known; what was read of one is never kept."""
    for module in (gate, callers):
        monkeypatch.setattr(module, "FRESH_SECONDS", 0.0)
    async with opened(folder, keyed) as desk:
        yield desk


async def given(desk: Desk, *scopes: Scope, lifetime: timedelta | None = None) -> Given:
    """A key of Dana's."""
    holder = Holder(owner="dana", scopes=frozenset(scopes or (Scope.OPERATOR,)))
    return await keys.create(desk.home.service.database, ROOT, holder, lifetime=lifetime)


async def enter(desk: Desk, text: str, then: str = "/runs") -> Page:
    """Go to a page as browsers do, be sent to the door, and enter this key."""
    desk.http.headers.update(BROWSER)
    await desk.open(then)
    assert desk.path == "/auth/login"
    return await desk.press("Log in", key=text)
