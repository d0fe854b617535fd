"""Talking with the supervisor: whose thread it is, and one turn at a time in it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from domain.chats import ChatMessage, Proposal, TurnBegan, TurnPart, clean_thread_id
from domain.errors import IllegalMove, Invalid, LeaseLost, StoreUnavailable
from domain.ids import new_id
from domain.names import clean_text, visible
from domain.proposals import Settled
from domain.scopes import Scope
from reasoning.structured import Budget
from server.lifecycle import proposals
from server.lifecycle.service import Actor, Service
from server.store import chats
from server.store.chats import Thread, Turn

DOOR = proposals.DOOR
_LIFE = new_id("chatter")
_BEAT_SECONDS = 3.0
_LOOK_SECONDS = 0.2
_LOOKS = int((chats.LEASE_SECONDS + 5) / _LOOK_SECONDS)
_PRUNED_AT_ONCE = 20


class Supervisor(Protocol):
    """Answers what people say. It acts as the one who speaks, with no right of its own."""

    def answer(
        self, service: Service, thread_id: str, text: str, actor: Actor, budget: Budget
    ) -> AsyncGenerator[TurnPart]:
        """The parts of one turn after its beginning; what is said and done stays in the thread.

        Models are called as long as the `budget` allows it.
        """
        ...

    def settle(
        self, service: Service, thread_id: str, text: str, actor: Actor, settled: Settled
    ) -> AsyncGenerator[TurnPart]:
        """The same for a turn that answers a proposal: what was confirmed is carried out."""
        ...

    async def history(self, thread_id: str) -> list[ChatMessage]:
        """What was said, as far as it is kept."""
        ...

    async def forget(self, thread_ids: Sequence[str]) -> None:
        """Keep nothing of these threads."""
        ...


@dataclass(frozen=True)
class Chats:
    """The chats of a service; one in which nothing is said for `keep_days` is forgotten.

    `max_tokens` are what models may use for one chat, `model` is the name of the one that answers.
    """

    service: Service
    supervisor: Supervisor
    keep_days: int = 30
    max_tokens: int = 200_000
    model: str = "rules"

    async def talk(
        self, thread_id: str, message: str, actor: Actor, *, shown: str | None = None
    ) -> AsyncGenerator[TurnPart]:
        """Say something and yield the parts of the answer; a thread is begun by its first message.

        A yes or a no answers the proposal whose digest was `shown`; see `proposals.settle`.

        Before the first part: `Invalid`, `NotFound` for somebody else's thread, `IllegalMove` while
        it is answered elsewhere. A turn that breaks off, however it does, is mended by the next.
        """
        actor.require(Scope.VIEWER)
        text = clean_text(message, "message")
        if not text:
            raise Invalid("message is empty.", field="message", advice="Say something.")
        speaker = replace(actor, door=DOOR)
        async with self._turn(clean_thread_id(thread_id), text, speaker) as (began, beat, budget):
            settled = await proposals.settle(self.service, thread_id, text, shown, speaker)
            yield began
            if settled is None:
                answer = self.supervisor.answer(self.service, thread_id, text, speaker, budget)
            else:
                answer = self.supervisor.settle(self.service, thread_id, text, speaker, settled)
            async with aclosing(answer):
                async for part in answer:
                    if beat.done():
                        raise LeaseLost("Another process has taken this chat.")
                    yield part

    async def read(self, thread_id: str, actor: Actor) -> list[ChatMessage]:
        """What was said in a thread; `NotFound` for one that is not this person's."""
        actor.require(Scope.VIEWER)
        known = clean_thread_id(thread_id)
        async with self.service.database.read() as tx:
            await chats.check_owner(tx, known, tenant=actor.tenant, person=actor.name)
        return await self.supervisor.history(known)

    async def proposal(self, thread_id: str, actor: Actor) -> Proposal | None:
        """What waits for a yes of this person in a thread of theirs."""
        actor.require(Scope.VIEWER)
        async with self.service.database.read() as tx:
            await chats.check_owner(tx, thread_id, tenant=actor.tenant, person=actor.name)
        return await proposals.waiting(self.service, thread_id)

    async def threads(self, actor: Actor, *, limit: int = 30) -> list[Thread]:
        """This person's threads, the latest first."""
        actor.require(Scope.VIEWER)
        async with self.service.database.read() as tx:
            return await chats.find(tx, tenant=actor.tenant, person=actor.name, limit=limit)

    @asynccontextmanager
    async def _turn(
        self, thread_id: str, text: str, actor: Actor
    ) -> AsyncIterator[tuple[TurnBegan, asyncio.Task[None], Budget]]:
        """The thread is ours while inside, unless the task is done: then it was taken."""
        holder = f"{_LIFE}/{new_id('turn')}"
        turn = await self._take(thread_id, text, actor, holder)
        began, budget = TurnBegan(thread_id=thread_id, turn=turn.number), self._budget(turn)
        beat = asyncio.create_task(self._beat(thread_id, holder))
        try:
            if began.turn == 1:
                await self._prune()
            yield began, beat, budget
        finally:
            beat.cancel()
            await asyncio.wait([beat])
            async with self.service.database.write() as tx:
                await chats.end_turn(tx, thread_id, holder, tokens=budget.used)

    def _budget(self, turn: Turn) -> Budget:
        return Budget(limit=self.max_tokens, used=turn.tokens)

    async def _take(self, thread_id: str, text: str, actor: Actor, holder: str) -> Turn:
        """Wait for a turn that is under way, as long as one of a dead process could hold us up."""
        for _ in range(_LOOKS):
            async with self.service.database.write() as tx:
                turn = await chats.begin_turn(
                    tx,
                    thread_id,
                    tenant=actor.tenant,
                    person=actor.name,
                    holder=holder,
                    life=_LIFE,
                    title=visible(text.partition("\n")[0]),
                )
            if turn is not None:
                return turn
            await asyncio.sleep(_LOOK_SECONDS)
        raise IllegalMove(
            "The last message of this chat is still being answered.",
            advice="Wait for that answer, or begin another chat.",
        )

    async def _beat(self, thread_id: str, holder: str) -> None:
        """Hold the thread; returns when it is lost."""
        held = True
        while held:
            await asyncio.sleep(_BEAT_SECONDS)
            with suppress(StoreUnavailable):
                async with self.service.database.write() as tx:
                    held = await chats.keep_turn(tx, thread_id, holder)

    async def _prune(self) -> None:
        """Forget some threads that are too old; what was said in them first, so that none stays."""
        async with self.service.database.write() as tx:
            before = tx.now - timedelta(days=self.keep_days)
            old = await chats.idle(tx, before=before, limit=_PRUNED_AT_ONCE)
        if old:
            await self.supervisor.forget(old)
            async with self.service.database.write() as tx:
                await chats.drop(tx, old, before=before)
