"""What people say and what comes of it."""

from dataclasses import replace

import pytest

from domain.decisions import DecisionKind
from domain.errors import NotAllowed
from domain.scopes import DEFAULT_TENANT, Scope
from domain.status import RunStatus
from server.lifecycle.reads import get_run, list_events
from tests.doubles.chatter import chatter
from tests.doubles.house import DANA, House
from tests.doubles.toy import ToyWorld

ROBIN = replace(DANA, name="robin")
ELSEWHERE = replace(DANA, tenant="elsewhere")


async def test_a_company_is_launched_in_the_systems_that_are_named(home: House) -> None:
    done = await chatter(home).answer("Onboard Acme Corp except GitHub.")
    (run_id,) = done.launched
    run = await get_run(home.service, run_id, tenant=DEFAULT_TENANT)
    assert (run.company.name, run.launched_by) == ("Acme Corp", "dana")
    assert run.systems == ("slack", "newsletter", "grants")
    assert run_id in done.text
    first = (await list_events(home.service, run_id, tenant=DEFAULT_TENANT))[0].event
    assert first.model_dump()["door"] == "chat"


async def test_what_waits_is_told_and_what_failed_is_explained_and_retried(
    home: House, worlds: dict[str, ToyWorld]
) -> None:
    chat = chatter(home)
    assert "Nothing waits" in (await chat.answer("What waits for me?")).text
    worlds["github"].broken = "refused"
    (run_id,) = (await chat.answer("onboard Globex")).launched
    await home.settle(run_id)
    assert f"Globex ({run_id}): approval" in (await chat.answer("what waits for me?")).text
    refused = (await chat.answer("please approve Globex")).text
    assert refused.startswith("I cannot approve anything")
    assert f"agentos approve {run_id}" in refused
    assert (await home.settle(run_id)).status is RunStatus.AWAITING_APPROVAL
    await home.decide(run_id, "approve")
    await home.until(run_id, RunStatus.ESCALATED)
    assert (
        "github (PERMISSION): github said no." in (await chat.answer("Why did Globex fail?")).text
    )
    worlds["github"].broken = None
    proposal = await chat.propose("retry GitHub for Globex")
    assert (await home.settle(run_id)).status is RunStatus.ESCALATED
    assert "is tried again" in (await chat.answer("yes", shown=proposal)).text
    done = await home.until(run_id, RunStatus.COMPLETED)
    retried = done.decisions[-1]
    assert (retried.kind, retried.responder, retried.door) == (DecisionKind.RETRY, "dana", "chat")


async def test_a_person_is_asked_in_the_log_of_the_run(home: House) -> None:
    chat = chatter(home)
    (run_id,) = (await chat.answer("onboard Globex")).launched
    await home.settle(run_id)
    await chat.answer("ask somebody to approve Globex")
    await chat.answer("escalate Globex because nobody answers")
    log = await list_events(home.service, run_id, tenant=DEFAULT_TENANT)
    asked = [each.event.model_dump() for each in log if each.event.type == "person_asked"]
    assert [(each["about"], each["reason"]) for each in asked] == [
        ("approval", "ask somebody to approve Globex"),
        ("help", "nobody answers"),
    ]
    assert (await home.settle(run_id)).status is RunStatus.AWAITING_APPROVAL


async def test_nothing_of_another_tenant_is_found_or_listed(home: House) -> None:
    await chatter(home).answer("onboard Acme Corp")
    theirs = replace(chatter(home), thread="t2")
    assert "There is no run" in (await theirs.answer("status of Acme Corp", ELSEWHERE)).text
    assert "There are no such runs" in (await theirs.answer("list runs", ELSEWHERE)).text


async def test_a_tool_has_the_rights_of_the_one_who_speaks(home: House) -> None:
    viewer = replace(DANA, scopes=frozenset({Scope.VIEWER}))
    chat = chatter(home)
    done = await chat.answer("onboard Acme Corp", viewer)
    assert (done.launched, "This needs the scope operator" in done.text) == ((), True)
    assert "no such runs" in (await chat.answer("list runs", viewer)).text
    with pytest.raises(NotAllowed):
        await chat.say("help", replace(DANA, scopes=frozenset()))
