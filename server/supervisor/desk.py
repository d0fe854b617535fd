"""What the supervisor can do for one person: a handful of verbs, none of which decides anything.

Each is the verb of every other door and asks for the same rights of the person who speaks. What the
person has not asked for in words that leave no doubt is proposed, and done by their yes alone.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from domain.canonical import digest
from domain.chats import Action
from domain.codes import Effect
from domain.errors import IllegalMove, Invalid, NotFound
from domain.launches import LaunchRequest
from domain.names import name_key
from domain.runs import RunState
from domain.scopes import Scope
from domain.status import ACTIVE, PARKED, TERMINAL, RunStatus
from reasoning.structured import Budget
from reasoning.supervisor_rules import launches_asked
from server.lifecycle import asks, launches, reads, steps
from server.lifecycle.service import Actor, Service
from server.supervisor import facts, proposing
from server.supervisor.facts import Json

Which = Literal["waiting", "active", "ended", "all"]
_STATUSES: dict[Which, frozenset[RunStatus]] = {
    "waiting": PARKED,
    "active": ACTIVE,
    "ended": TERMINAL,
    "all": frozenset(),
}
_RUN_ID = re.compile(r"run_[0-9a-z]{22}")
_SHOWN = 20
_SEARCHED = 200


@dataclass
class Turn:
    """What a turn may use, the code of what made the rules take over from the model in it, and
    what is proposed at its end."""

    budget: Budget
    gave_way: str = ""
    proposed: list[Action] = field(default_factory=list)


@dataclass(frozen=True)
class Desk:
    """The verbs for `actor` in one thread. By the id of its call, each does a thing once."""

    service: Service
    actor: Actor
    thread_id: str
    turn: Turn
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def launch(self, call_id: str, said: str, **given: Any) -> Json:
        """Launch one company, unless this chat has just such a run that has not ended.

        At once only if that, and nothing else, is what the user has just `said` for certain.
        """
        asked = self._request(call_id, given)
        launches.chosen_systems(self.service, asked)  # what cannot be launched is not proposed
        async with self._one_at_a_time:
            same = await self._same(asked)
            if same is not None:
                return facts.full(same) | {"launched": False, "note": "It is under way already."}
            if not await self._is_all_of(asked, said):
                return self._propose(proposing.launch(asked, self.service.systems), Scope.OPERATOR)
            run, _ = await launches.launch(self.service, asked, self.actor)
        return facts.full(run) | {"launched": True}

    async def launched_by(self, call_id: str) -> Json | None:
        """What became of a launch whose answer was lost; None if there was none."""
        found = await launches.launched(self.service, self._key(call_id), self.actor)
        return facts.full(found) | {"launched": True} if found else None

    async def list_runs(self, which: Which) -> Json:
        """The newest runs of a kind."""
        page = await self._page(_STATUSES[which], _SHOWN)
        items = [facts.brief(run) for run in page.items]
        return {"which": which, "runs": items, "more": bool(page.next_cursor)}

    async def status(self, run: str) -> RunState:
        """The run with this id, or the newest one of the company with this name."""
        return await self._find(run)

    async def retry(self, run: str, system: str) -> Json:
        """Propose to try a failed system again, with the others of its run that are proposed; not
        one of which nobody knows what it has done."""
        found = await self._find(run)
        steps.check_step(found, system)
        step = found.steps.get(system)
        if step is not None and step.effect is Effect.UNKNOWN:
            raise IllegalMove(
                f"Nobody knows what {system} has done, so a person must say that it may be tried.",
                advice=f"Look there, then: agentos run retry {found.run_id} {system}",
            )
        proposed = self.turn.proposed
        earlier = next((one for one in proposed if proposing.retries(one, found)), None)
        if earlier is None:
            return self._propose(proposing.retry(found, [system]), Scope.APPROVER)
        systems = dict.fromkeys([*earlier.arguments["systems"], system])
        action = proposing.retry(found, list(systems))
        proposed[proposed.index(earlier)] = action
        return {"proposed": action.words, "note": proposing.NOTE}

    async def ask_person(
        self, call_id: str, run: str, about: Literal["approval", "help"], reason: str
    ) -> Json:
        """Note in the run's log that a person is wanted."""
        found = await self._find(run)
        noted = await asks.ask_person(
            self.service,
            found.run_id,
            self.actor,
            about=about,
            reason=reason,
            key=self._key(call_id),
        )
        return facts.full(noted) | {"asked": about}

    async def snapshot(self) -> Json:
        """What is going on just now, for the beginning of every answer."""
        page = await self._page(ACTIVE, _SHOWN)
        return {
            "systems": list(self.service.systems),
            "active_runs": [facts.brief(run) for run in page.items],
            "more": bool(page.next_cursor),
        }

    def _request(self, call_id: str, given: Json) -> LaunchRequest:
        return proposing.request(given, self._key(call_id), self.service.systems)

    async def _is_all_of(self, asked: LaunchRequest, said: str) -> bool:
        """Whether the rules read just this launch in what was said, and no other."""
        read = await asyncio.to_thread(launches_asked, said, list(self.service.systems))
        meant = [self._request("", given) for given in read]
        return [each.fingerprint() for each in meant] == [asked.fingerprint()]

    def _propose(self, action: Action, needs: Scope) -> Json:
        self.actor.require(needs)
        proposed = self.turn.proposed
        if action.words not in [each.words for each in proposed]:
            if len(proposed) == proposing.MOST:
                raise Invalid(
                    f"No more than {proposing.MOST} things are proposed at a time.",
                    advice="Ask for the others when these are done.",
                )
            proposed.append(action)
        return {"proposed": action.words, "note": proposing.NOTE}

    def _key(self, call_id: str) -> str:
        return f"chat/{self.thread_id}/{digest([call_id])[:24]}"

    async def _same(self, asked: LaunchRequest) -> RunState | None:
        """A model that was interrupted may ask for the same under another call's id."""
        page = await self._page(ACTIVE, _SEARCHED, company=asked.company_name)
        ours = f"chat/{self.thread_id}/"
        return next(
            (
                run
                for run in page.items
                if (run.request.idempotency_key or "").startswith(ours)
                and run.request.fingerprint() == asked.fingerprint()
            ),
            None,
        )

    async def _page(
        self, status: frozenset[RunStatus], limit: int, company: str | None = None
    ) -> reads.Page:
        return await reads.list_runs(
            self.service,
            tenant=self.actor.tenant,
            status=sorted(status),
            company=company,
            limit=limit,
        )

    async def _find(self, run: str) -> RunState:
        if _RUN_ID.fullmatch(run):
            return await reads.get_run(self.service, run, tenant=self.actor.tenant)
        exact = await self._page(frozenset(), 1, company=run)
        return exact.items[0] if exact.items else await self._by_part(run)

    async def _by_part(self, name: str) -> RunState:
        """The newest run of the one company whose name holds these words."""
        wanted = set(name_key(name).split())
        page = await self._page(frozenset(), _SEARCHED)
        found = [run for run in page.items if wanted <= set(name_key(run.company.name).split())]
        companies = list(dict.fromkeys(name_key(run.company.name) for run in found))
        if not found or not wanted:
            raise NotFound("There is no run of this company.", advice="List the runs.")
        if len(companies) > 1:
            raise Invalid(_choose(found), field="run", advice="Say which one is meant.")
        return found[0]


def _choose(found: Sequence[RunState]) -> str:
    names = dict.fromkeys(run.company.name for run in found)
    return f"Several companies are called so: {', '.join(names)}."
