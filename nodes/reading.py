"""Who and which systems a request in words means; the planner goes on from there."""

from typing import Literal

from langgraph.types import Command

from domain.companies import Company, Contact
from domain.events import RequestRead
from domain.launches import LaunchRequest
from domain.names import name_key
from domain.ports import Desk, NodeContext, Reader, Words
from domain.readings import About, Reading, Wanted
from domain.state import OnboardingState
from nodes.people import company_kept
from reasoning.rules.consent import is_yes

Next = Literal["planner", "clarification", "approval"]


async def read_request(state: OnboardingState, context: NodeContext, words: Words) -> Command[Next]:
    """A question, or the company of this run and a run of its own for every other one.

    Nothing is launched beside this run before a person has confirmed that several are meant. The
    stretch ends here: the next one finds in the row what was understood.
    """
    reader, desk = _given(context)
    number = len(words.answered)
    reading = _confirmed(_agreed(await reader.read(words, context.journal), words), words)
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


def _agreed(reading: Reading, words: Words) -> Reading:
    """What the body of the launch says holds; where the words say something else, it is asked."""
    launch = words.launch
    if reading.question or launch.company_name is None:
        return reading
    asked = {each.about for each in words.answered}
    name = launch.company_name
    found = [one for one in reading.companies if name_key(one.name) == name_key(name)]
    if About.WHICH_COMPANY not in asked and len(found) != len(reading.companies):
        named = ", ".join(one.name for one in reading.companies)
        question = f"The launch is for {name}, but its request names {named}. Which is meant?"
        return reading.model_copy(update={"question": question, "about": About.WHICH_COMPANY})
    one = (found or list(reading.companies))[0]
    if launch.systems is not None and set(launch.systems) != set(one.systems):
        if About.SYSTEMS not in asked and _chosen(one):
            question = (
                f"The launch asks for {', '.join(launch.systems)}, its request for "
                f"{', '.join(one.systems)}. Which systems are meant?"
            )
            return reading.model_copy(update={"question": question, "about": About.SYSTEMS})
        if About.SYSTEMS not in asked:
            one = one.model_copy(update={"systems": tuple(launch.systems)})
    return reading.model_copy(update={"companies": (one,)})


def _chosen(one: Wanted) -> bool:
    """Whether the words choose among the systems; all of them are also meant by saying nothing."""
    return len(one.systems) < 4


def _confirmed(reading: Reading, words: Words) -> Reading:
    if reading.question or len(reading.companies) < 2:
        return reading
    last = words.answered[-1] if words.answered else None
    if last and last.about is About.SEVERAL and is_yes(last.answer):
        return reading
    told = "; ".join(f"{one.name} in {', '.join(one.systems)}" for one in reading.companies)
    question = (
        f"Shall {len(reading.companies)} runs be started: {told}? Answer yes, or say it anew."
    )
    return reading.model_copy(update={"question": question, "about": About.SEVERAL})


async def _company(one: Wanted, launch: LaunchRequest, desk: Desk) -> Company:
    company = await desk.settle(launch.company_name or one.name, launch.slug)
    return _request(one, launch, contacts=(*launch.contacts, *one.contacts)).about(company)


def _beside(one: Wanted, words: Words, number: int) -> LaunchRequest:
    """The launch of another company of the request, which is one run however often it is begun."""
    request = _request(one, words.launch, contacts=one.contacts)
    key = f"{words.run_id}/{number}"
    return request.model_copy(update={"idempotency_key": key, "slug": None})


def _request(one: Wanted, launch: LaunchRequest, *, contacts: tuple[Contact, ...]) -> LaunchRequest:
    choices = launch.choices
    if one.channel_name and not choices.channel_name:
        choices = choices.model_copy(update={"channel_name": one.channel_name})
    return LaunchRequest(
        company_name=one.name,
        systems=list(one.systems),
        contacts=list(dict.fromkeys(contacts)),
        choices=choices,
        note=launch.note,
    )
