"""Runs are narrowed by what stands in the address, by a browser that runs no scripts."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest

from domain.launches import LaunchRequest
from server.lifecycle import launches
from tests.doubles.house import DANA
from tests.integration.console.conftest import Desk


async def names(desk: Desk, **query: str) -> list[str]:
    """The organisations that the page shows."""
    page = await desk.open(f"/runs?{urlencode(query)}")
    assert page.status == 200
    return [text for href, text in page.links if href.startswith("/runs/run_")]


async def test_who_asked_which_system_and_which_organisation(desk: Desk) -> None:
    await desk.home.launch("Acme Corp", systems=["github"])
    await desk.home.launch("Acme Labs")
    ilya = replace(DANA, name="Ilya <b>K</b>")
    await launches.launch(desk.home.service, LaunchRequest(company_name="Globex"), ilya)
    assert await names(desk, by="DANA") == ["Acme Labs", "Acme Corp"]
    assert await names(desk, by="ilya <b>k</b>") == ["Globex"]
    assert await names(desk, system="slack") == ["Globex", "Acme Labs"]
    assert await names(desk, system="slack", by="dana") == ["Acme Labs"]
    assert await names(desk, org="acme CORP") == ["Acme Corp"]
    assert "Only launches of acme CORP." in desk.page.text
    assert await names(desk, since="2099-01-01") == []
    assert await names(desk, system="nothing", since="today") == [
        "Globex",
        "Acme Labs",
        "Acme Corp",
    ]


async def test_a_form_keeps_all_that_narrows(desk: Desk) -> None:
    await desk.home.launch("Acme Corp")
    page = await desk.open(
        "/runs?state=running&org=acme&by=Dana&system=github&since=2026-01-02&q=a"
    )
    fields = dict(page.button("Search runs").fields)
    assert fields == {
        "state": "running", "org": "acme", "by": "Dana", "system": "github",
        "since": "2026-01-02", "q": "a",
    }  # fmt: skip
    chips = [href for href, _ in page.links if "state=waiting" in href]
    assert chips and all("system=github" in href and "by=Dana" in href for href in chips)


async def test_pages_stay_narrowed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.console.runs._PAGE", 1)
    for name in ("One", "Two"):
        await desk.home.launch(name)
        ilya = replace(DANA, name="ilya")
        await launches.launch(desk.home.service, LaunchRequest(company_name=f"No {name}"), ilya)
    assert await names(desk, by="dana", system="slack") == ["Two"]
    (older,) = [href for href, text in desk.page.links if text == "Older runs"]
    page = await desk.open(older)
    assert [text for href, text in page.links if href.startswith("/runs/run_")] == ["One"]
    assert "Older runs" not in page.text


@pytest.mark.parametrize("query", ["by=%00", "q=a%E2%80%AEb", "org=" + "x" * 300])
async def test_what_can_be_no_name_is_refused_on_a_page(desk: Desk, query: str) -> None:
    page = await desk.open(f"/runs?{query}")
    assert page.status == 422 and "Something is not right" in page.text
