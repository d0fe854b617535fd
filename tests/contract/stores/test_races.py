"""Many callers at once: one key is one run, one question has one answer."""

import asyncio

import pytest

from domain.decisions import Answer, DecisionKind
from domain.errors import AlreadyDecided, KeyReused
from domain.launches import LaunchRequest
from domain.scopes import ALL_SCOPES
from server.lifecycle import decisions, launches
from server.lifecycle.service import Actor
from tests.doubles.house import DANA, House


async def test_parallel_launches_with_one_key_are_one_run(home: House) -> None:
    request = LaunchRequest(company_name="Acme Corp", idempotency_key="k")
    made = await asyncio.gather(*(launches.launch(home.service, request, DANA) for _ in range(50)))
    assert len({one.run.run_id for one in made}) == 1
    assert sum(not one.replayed for one in made) == 1


async def test_one_key_with_another_request_is_refused(home: House) -> None:
    await home.launch("Acme Corp", idempotency_key="k")
    with pytest.raises(KeyReused):
        await home.launch("Globex", idempotency_key="k")


async def test_parallel_launches_of_new_companies_with_one_slug_get_two(home: House) -> None:
    made = await asyncio.gather(*(home.launch(name) for name in ("C++ Labs", "C# Labs") * 5))
    slugs = {run.company.name: run.company.slug for run in made}
    assert len(set(slugs.values())) == 2


async def test_of_parallel_decisions_one_wins_and_the_others_are_told(home: House) -> None:
    await home.engine.serve(home.driver)
    run = await home.settle((await home.launch()).run_id)
    answers = [
        (Answer(kind=kind), Actor(f"person {number}", "api", scopes=ALL_SCOPES))
        for number in range(10)
        for kind in (DecisionKind.APPROVE, DecisionKind.DENY)
    ]
    said = await asyncio.gather(
        *(decisions.decide(home.service, run.run_id, *one) for one in answers),
        return_exceptions=True,
    )
    won = [one for one in said if isinstance(one, decisions.Decided)]
    lost = [one for one in said if isinstance(one, AlreadyDecided)]
    assert (len(won), len(lost)) == (1, 19)
    (decision,) = won[0].run.decisions
    assert all(one.winner == decision.as_winner() for one in lost)
    await home.engine.drain()
