"""Who and which systems a request in words means; the planner goes on from there."""

from typing import Literal

from langgraph.types import Command

from domain.companies import Company
from domain.events import RequestRead
from domain.launches import LaunchRequest
from domain.ports import Desk, NodeContext, Reader, Words
from domain.readings import Wanted
from domain.state import OnboardingState
from nodes.people import company_kept
from nodes.understanding import confirmed, request_for, understood

Next = Literal["planner", "clarification", "approval"]


async def read_request(state: OnboardingState, context: NodeContext, words: Words) -> Command[Next]:
    """A question, or the company of this run and a run of its own for every other one.

    Nothing is launched beside this run before a person has confirmed that several are meant. The
    stretch ends here: the next one finds in the row what was understood.
    """
    reader, desk = _given(context)
    number = len(words.answered)
    reading = confirmed(words)
    if reading is None:
        read = await reader.read(words, context.journal)
        reading = understood(read, words, list(context.systems))
    event = RequestRead(reading=reading)
    if reading.question is None:
        first, *others = reading.companies
        event = RequestRead(
            reading=reading,
            company=await _company(first, words.launch, desk),
            systems=first.systems,
            launched=tuple(
                [await desk.launch(_beside(each, words, at)) for at, each in enumerate(others, 2)]
            ),
        )
    stands = await context.journal.emit(event, key=f"read/{number}")
    if not isinstance(stands, RequestRead) or stands.company is None:
        return Command(goto="clarification", update={"questions": number + 1})
    context.park()
    kept = company_kept(stands.company, state)
    return Command(goto="planner", update={"company": kept, "systems": list(stands.systems)})


def _given(context: NodeContext) -> tuple[Reader, Desk]:
    if context.reader is None or context.desk is None:
        raise RuntimeError("this host of the graph reads no requests")
    return context.reader, context.desk


async def _company(one: Wanted, launch: LaunchRequest, desk: Desk) -> Company:
    company = await desk.settle(launch.company_name or one.name, launch.slug)
    return request_for(one, launch, contacts=(*launch.contacts, *one.contacts)).about(company)


def _beside(one: Wanted, words: Words, number: int) -> LaunchRequest:
    """The launch of another company of the request, which is one run however often it is begun."""
    request = request_for(one, words.launch, contacts=one.contacts)
    key = f"{words.run_id}/{number}"
    return request.model_copy(update={"idempotency_key": key, "slug": None})
