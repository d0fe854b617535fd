"""Views are kept for one person of one tenant, on either database."""

import asyncio
from dataclasses import replace

import pytest

from domain.errors import Invalid, NotAllowed
from server.lifecycle import bookmarks
from tests.doubles.house import DANA, House

OTHERS = (replace(DANA, tenant="other"), replace(DANA, name="ilya"))


async def test_a_view_is_kept_replaced_and_dropped_by_its_owner_alone(home: House) -> None:
    service = home.service
    first = await bookmarks.keep(service, " Failed  ones ", "state=failed", DANA)
    again = await bookmarks.keep(service, "Failed ones", "state=failed&by=dana", DANA)
    await bookmarks.keep(service, "all of slack", "system=slack", DANA)
    assert again.bookmark_id == first.bookmark_id
    kept = await bookmarks.list_bookmarks(service, DANA)
    assert [(one.name, one.query) for one in kept] == [
        ("all of slack", "system=slack"),
        ("Failed ones", "state=failed&by=dana"),
    ]
    for other in OTHERS:
        assert await bookmarks.list_bookmarks(service, other) == []
        await bookmarks.keep(service, "Failed ones", "q=mine", other)
        await bookmarks.drop(service, first.bookmark_id, other)
    assert await bookmarks.list_bookmarks(service, DANA) == kept
    await bookmarks.drop(service, first.bookmark_id, DANA)
    assert await bookmarks.list_bookmarks(service, DANA) == kept[:1]
    assert len(await bookmarks.list_bookmarks(service, OTHERS[0])) == 1


async def test_views_end_at_the_limit_however_they_come(home: House) -> None:
    adding = (
        bookmarks.keep(home.service, f"View {number}", "q=a", DANA)
        for number in range(bookmarks.MOST + 3)
    )
    done = await asyncio.gather(*adding, return_exceptions=True)
    assert sum(isinstance(one, Invalid) for one in done) == 3
    kept = await bookmarks.list_bookmarks(home.service, DANA)
    assert len(kept) == bookmarks.MOST
    assert (await bookmarks.keep(home.service, kept[0].name, "q=b", DANA)).query == "q=b"


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["", " ", "a\u202eb", "a\x00", "x" * 61])
async def test_a_name_that_nobody_could_read_is_refused(home: House, name: str) -> None:
    with pytest.raises(Invalid):
        await bookmarks.keep(home.service, name, "q=a", DANA)
    assert await bookmarks.list_bookmarks(home.service, DANA) == []


async def test_who_may_not_look_keeps_nothing(home: House) -> None:
    with pytest.raises(NotAllowed):
        await bookmarks.keep(home.service, "A", "q=a", replace(DANA, scopes=frozenset()))
