"""From a request in words to what the run is told: the planner's answer, made our own."""

from dataclasses import dataclass
from functools import partial

from domain.companies import Contact
from domain.errors import Invalid
from domain.events import ModelCalled, ModelGaveWay
from domain.ids import new_id
from domain.model_calls import ModelCall
from domain.names import clean_name
from domain.ports import Journal, Words
from domain.readings import About, Reading, Wanted
from reasoning.planner import Planner
from reasoning.structured import Budget
from reasoning.wire import CompanyReply, PlanReply


@dataclass(frozen=True)
class RequestReader:
    """See `domain.ports.Reader`. A run may use `run_tokens` for all its model calls."""

    planner: Planner
    run_tokens: int

    async def read(self, words: Words, journal: Journal) -> Reading:
        """A launch that names its company need not do so again in its words."""
        budget = Budget(self.run_tokens, words.tokens_used)
        answers = [each.answer for each in words.answered]
        ask = partial(
            self.planner.read,
            words.launch.request or "",
            record=partial(_record, journal),
            gave_way=partial(_give_way, journal),
            budget=budget,
            run_id=words.run_id,
        )
        reply = await ask(answers)
        if reply.clarify_about == "company_name" and words.launch.company_name:
            reply = await ask([words.launch.company_name, *answers])
        return reading_of(reply)


async def _record(journal: Journal, call: ModelCall) -> None:
    """A call that was made is told once each, also when a crash has it made again."""
    await journal.emit(ModelCalled(call=call), key=f"model/{new_id('call')}")


async def _give_way(journal: Journal, code: str) -> None:
    event = ModelGaveWay(role="planner", code=code)
    await journal.emit(event, key=f"gave-way/{new_id('call')}")


def reading_of(reply: PlanReply) -> Reading:
    """The reply in our own words; what cannot be used as it is becomes a question."""
    rest = {"unsupported": tuple(reply.unsupported), "suspicious": reply.suspicious}
    if reply.needs_clarification:
        about = About(reply.clarify_about or About.INTENT)
        return Reading(question=reply.question, about=about, **rest)
    try:
        return Reading(companies=tuple(map(_wanted, reply.companies)), **rest)
    except Invalid as invalid:
        question = f"{invalid.message} {invalid.advice}"
        return Reading(question=question, about=About.INTENT, **rest)


def _wanted(company: CompanyReply) -> Wanted:
    news = [address for address in company.newsletter_emails if address != company.contact_email]
    people = [Contact(github=handle) for handle in company.github_handles]
    people += [Contact(email=address) for address in news]
    if company.contact_email:
        person = Contact(name=company.contact_name, email=company.contact_email)
        people.insert(0, person)
    return Wanted(
        name=clean_name(company.name),
        systems=tuple(company.systems),
        contacts=tuple(people),
        newsletter_only=tuple(one.email for one in people if one.email and one.email in news),
        channel_name=company.slack_channel,
    )
