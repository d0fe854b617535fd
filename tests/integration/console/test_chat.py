"""Talking with the supervisor on a page."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from domain.chats import ChatMessage, TextSaid, TurnAnswered, TurnFailed, TurnPart
from domain.scopes import DEFAULT_TENANT, Scope
from server.console.chat import linked
from server.lifecycle.chats import Chats
from server.lifecycle.reads import list_runs
from server.lifecycle.service import Actor
from server.store.chat_tables import ChatRow
from tests.doubles.chatter import chatter
from tests.integration.console.conftest import Desk

RUN = "run_1m89hftwvnvk4ww6vbdjwv"
HOSTILE = "<img src=x onerror=alert(1)>"


class Echo:
    """Says back what it hears, or fails."""

    def __init__(self) -> None:
        self.kept: dict[str, list[ChatMessage]] = {}

    async def answer(
        self, service: Any, thread_id: str, text: str, actor: Actor, budget: Any
    ) -> AsyncGenerator[TurnPart]:
        log = self.kept.setdefault(thread_id, [])
        log.append(ChatMessage(role="user", text=text))
        if text == "fail":
            yield TurnFailed(code="away", message="The model is away.", advice="Say it again.")
            return
        said = f"{actor.name} by {actor.door}: {text} {RUN}"
        yield TextSaid(text=said)
        log.append(ChatMessage(role="assistant", text=said))
        yield TurnAnswered(text=said)

    async def settle(
        self, service: Any, thread_id: str, text: str, actor: Actor, settled: Any
    ) -> AsyncGenerator[TurnPart]:
        raise AssertionError("nothing was proposed")
        yield

    async def history(self, thread_id: str) -> list[ChatMessage]:
        return self.kept.get(thread_id, [])

    async def forget(self, thread_ids: Sequence[str]) -> None:
        return


@pytest.fixture
def talks(desk: Desk) -> Desk:
    """A desk with a supervisor."""
    state = desk.app.state
    state.console = replace(state.console, chats=Chats(desk.home.service, Echo()))
    return desk


async def test_a_message_is_answered_and_runs_are_links(talks: Desk) -> None:
    await talks.open("/chat")
    page = await talks.press("Send message", message=f"Hello {HOSTILE}")
    assert page.status == 200 and talks.path.startswith("/chat/chat-")
    assert f"operator by chat: Hello {HOSTILE}" in page.text
    assert (f"/runs/{RUN}", RUN) in page.links
    assert "img" not in [tag for tag, _ in page.tags]
    here = talks.path
    page = await talks.open("/chat")
    ((href, words),) = [link for link in page.links if link[0].startswith("/chat/")]
    assert href == here and words.startswith(f"Hello {HOSTILE}")


async def test_a_chat_from_before_titles_is_called_by_its_id(talks: Desk) -> None:
    await talks.open("/chat")
    await talks.press("Send message", message="Hello")
    async with talks.home.service.database.write() as tx:
        await tx.session.execute(update(ChatRow).values(title=None))
    page = await talks.open("/chat")
    ((href, words),) = [link for link in page.links if link[0].startswith("/chat/")]
    assert words.startswith(href.removeprefix("/chat/"))


async def test_the_page_says_what_may_be_done_by_whom_and_what_is_left_for_it(talks: Desk) -> None:
    page = await talks.open("/chat")
    assert "propose retries; each with your rights" in page.text
    assert "Rules, which know everyday questions" in page.text and "Budget" not in page.text
    chats = Chats(talks.home.service, Echo(), max_tokens=5_000, model="a-model")
    talks.app.state.console = replace(talks.app.state.console, chats=chats)
    await talks.press("Send message", message="Hello")
    async with talks.home.service.database.write() as tx:
        await tx.session.execute(update(ChatRow).values(tokens=1_200))
    page = await talks.open(talks.path)
    assert "a-model" in page.text and "3,800 of 5,000 tokens left for this chat" in page.text
    talks.become(Actor("eve", "api", scopes=frozenset({Scope.VIEWER})))
    page = await talks.open("/chat")
    assert "you may not launch, so neither may it" in page.text
    assert "propose retries" not in page.text


async def test_an_example_is_a_message(talks: Desk) -> None:
    await talks.open("/chat")
    page = await talks.press("What waits for me?")
    assert "operator by chat: What waits for me?" in page.text


async def test_what_could_not_be_answered_is_still_typed(talks: Desk) -> None:
    await talks.open("/chat")
    page = await talks.press("Send message", message="fail")
    assert page.status == 503 and "The model is away. Say it again." in page.text
    assert "fail</textarea>" in page.html


async def test_a_chat_of_somebody_else_is_not_there(talks: Desk) -> None:
    await talks.open("/chat")
    await talks.press("Send message", message="Hello")
    theirs = talks.path
    talks.become(Actor("eve", "api", scopes=frozenset(Scope)))
    assert (await talks.open(theirs)).status == 404
    page = await talks.open("/chat")
    assert theirs not in [href for href, _ in page.links]


async def test_without_a_supervisor_no_page_names_it(desk: Desk) -> None:
    page = await desk.open("/runs")
    assert "Supervisor" not in page.text
    assert (await desk.open("/chat")).status == 404


def test_links_are_made_of_ids_alone() -> None:
    text = linked(f"{HOSTILE} {RUN}\u202e run_short")
    assert "<img" not in text and f'<a href="/runs/{RUN}">' in text
    assert "\u202e" not in text and "run_short</a>" not in text


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """A desk with the supervisor itself."""
    state = desk.app.state
    state.console = replace(state.console, chats=chatter(desk.home).chats)
    return desk


async def launched(desk: Desk) -> list[str]:
    page = await list_runs(desk.home.service, tenant=DEFAULT_TENANT)
    return sorted(run.company.name for run in page.items)


async def test_a_proposal_is_a_card_that_is_confirmed_without_scripts(asked: Desk) -> None:
    await asked.open("/chat")
    page = await asked.press("Send message", message="Onboard Acme Corp and Globex in Slack")
    assert "Launch the onboarding of Globex in slack." in page.text
    assert await launched(asked) == []
    page = await asked.press("Confirm 2 actions")
    assert await launched(asked) == ["Acme Corp", "Globex"]
    assert len({href for href, _ in page.links if href.startswith("/runs/run_")}) == 2
    assert "Confirm" not in [button.text for button in page.buttons]


async def test_a_typed_yes_means_the_card_on_the_page(asked: Desk) -> None:
    await asked.open("/chat")
    await asked.press("Send message", message="Onboard Acme Corp and Globex")
    await asked.press("Send message", message="Yes.")
    assert await launched(asked) == ["Acme Corp", "Globex"]


async def test_a_proposal_is_changed_or_dismissed(asked: Desk) -> None:
    await asked.open("/chat")
    page = await asked.press("Send message", message="Onboard Acme Corp and Globex")
    old = asked.page
    change = next(href for href, text in page.links if text == "Change request")
    page = await asked.open(change)
    assert "Onboard Acme Corp and Globex</textarea>" in page.html
    await asked.press("Send message", message="Onboard Acme Corp and Initech")
    newer = asked.page
    asked.page = old
    page = await asked.press("Confirm 2 actions")
    assert page.status == 409 and "replaced by what was said after it" in page.text
    asked.page = newer
    await asked.press("Dismiss proposal")
    assert await launched(asked) == []
