"""A confirmed proposal is carried out once, on either database, whatever comes in between."""

import asyncio

import pytest

from domain.scopes import DEFAULT_TENANT
from server.lifecycle import proposals, reads
from server.lifecycle.feeding import feed
from server.lifecycle.intake import Intake
from server.lifecycle.service import Service
from server.store.chat_tables import ProposalRow
from tests.doubles.chatter import Death, chatter
from tests.doubles.house import DANA, House

THREE = "Onboard Acme Corp, Globex and Initech"
NAMES = ["Acme Corp", "Globex", "Initech"]


async def launched(home: House) -> list[str]:
    page = await reads.list_runs(home.service, tenant=DEFAULT_TENANT)
    return sorted(run.company.name for run in page.items)


async def test_a_double_click_launches_once_each(home: House) -> None:
    chat = chatter(home)
    proposal = await chat.propose(THREE)
    first, second = await asyncio.gather(
        chat.answer("yes", shown=proposal), chat.answer("yes", shown=proposal)
    )
    assert first.launched == second.launched
    assert await launched(home) == NAMES


async def test_many_hands_launch_once_each(home: House) -> None:
    """Turns take turns; whoever feeds batches in other processes does not wait for them."""
    proposal = await chatter(home).propose(THREE)
    settled = await proposals.settle(home.service, "t1", "yes", proposal.digest, DANA)
    assert settled is not None
    did = await asyncio.gather(*(proposals.carry_out(home.service) for _ in range(9)))
    while await proposals.carry_out(home.service):
        pass
    assert sum(did) <= 3
    assert await launched(home) == NAMES


@pytest.mark.parametrize("by", ["feeder", "person"])
async def test_what_a_dead_process_had_begun_is_ended(
    home: House, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    proposal = await chatter(home).propose(THREE)
    real, calls = proposals.carry_out, 0

    async def dying(service: Service, shown: str | None = None) -> bool:
        nonlocal calls
        calls += 1
        if calls > 2:
            raise Death
        return await real(service, shown)

    with monkeypatch.context() as dies:
        dies.setattr(proposals, "carry_out", dying)
        with pytest.raises(Death):
            await chatter(home).say("yes", shown=proposal)
    assert len(await launched(home)) == 2
    if by == "feeder":
        assert await feed(home.service) == 1
        assert await feed(home.service) == 0
    done = await chatter(home).answer("yes", shown=proposal)
    assert len(done.launched) == 3
    assert await launched(home) == NAMES


async def test_what_can_no_longer_be_done_holds_nothing_else_up(home: House) -> None:
    chat = chatter(home)
    proposal = await chat.propose(THREE)
    (first, *_) = proposal.actions
    async with home.service.database.write() as tx:
        row = await tx.session.get_one(ProposalRow, proposal.digest)
        old = first.model_copy(update={"arguments": {"a field of another release": 1}})
        row.actions = [old.model_dump(mode="json"), *row.actions[1:]]
    answer = await chat.answer("yes", shown=proposal)
    assert "It cannot be done as it was proposed." in answer.text
    assert await launched(home) == NAMES[1:]


async def test_what_finds_no_room_follows_when_there_is_some(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = await chatter(home).propose(THREE)
    full = Intake(max_queued=0)
    home.service.intake.__dict__.update(full.__dict__)
    answer = await chatter(home).answer("yes", shown=proposal)
    assert answer.launched == ()
    assert "There is no room for this just now." in answer.text
    assert (await feed(home.service), await launched(home)) == (0, [])
    home.service.intake.__dict__.update(Intake().__dict__)
    assert await feed(home.service) == 3
    assert await launched(home) == NAMES
