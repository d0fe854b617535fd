"""What stands after any model: nothing is planned that the requester did not ask for in words.

A model's plan is compared with the request itself. What cannot be found there, or says something
else than the rules read with certainty, is told back to the model once; then the rules take over.
"""

import re
from collections.abc import Iterator, Sequence

from reasoning.rules import limits, planning
from reasoning.rules.lexicon import SYSTEMS
from reasoning.rules.masks import mask
from reasoning.wire import CompanyReply, PlanReply


class Doubt(Exception):
    """Why a plan is not accepted: a code for the model, in few words."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(f"{code}: {words}" if words else code)
        self.code, self.words = code, words


def checked(reply: PlanReply, request: str, answers: Sequence[str] = ()) -> PlanReply:
    """The reply, or `Doubt`. A question keeps only the companies that the request names."""
    own = _flat("\n".join(mask(text).own for text in (request, *answers)))
    if reply.needs_clarification:
        if not (reply.question or "").strip():
            raise Doubt("no_question")
        named = [
            CompanyReply(name=company.name, systems=[])
            for company in reply.companies
            if _is_named(company.name, own)
        ]
        return reply.model_copy(update={"companies": named})
    if not reply.companies:
        raise Doubt("no_company")
    for company in reply.companies:
        _check_company(company, own)
    if len({_flat(company.name) for company in reply.companies}) < len(reply.companies):
        raise Doubt("company_twice")
    sure = planning.read(request, answers)
    if not sure.needs_clarification:
        _check_same(reply, sure)
    elif not answers:
        _check_limits(reply, request)
    return reply.model_copy(update={"suspicious": reply.suspicious or sure.suspicious})


def _check_company(company: CompanyReply, own: str) -> None:
    for value in _values(company):
        if value.casefold() not in own and _flat(value.lstrip("@#")) not in own:
            raise Doubt("not_in_request", value)
    if not _is_named(company.name, own):
        raise Doubt("not_in_request", company.name)
    if limits.is_vocabulary(company.name):
        raise Doubt("not_a_name", company.name)
    strangers = [system for system in company.systems if system not in SYSTEMS]
    if strangers:
        raise Doubt("no_such_system", ", ".join(strangers))
    if not company.systems:
        raise Doubt("no_system", company.name)


def _check_same(reply: PlanReply, sure: PlanReply) -> None:
    """Rules that are certain have the last word on who, where and whom to invite."""
    said = {_flat(company.name): company for company in reply.companies}
    read = {_flat(company.name): company for company in sure.companies}
    if said.keys() != read.keys():
        raise Doubt("other_companies_than_asked", ", ".join(c.name for c in sure.companies))
    for name, company in said.items():
        if set(company.systems) != set(read[name].systems):
            raise Doubt("other_systems_than_asked", f"{read[name].name}: {read[name].systems}")
        extra = set(_values(company)) - set(_values(read[name])) - {company.name}
        if extra:
            raise Doubt("nobody_asked_to_invite", ", ".join(sorted(extra)))


def _check_limits(reply: PlanReply, request: str) -> None:
    """Where the rules are not certain, a model may be, within what was said."""
    within = limits.limits(request)
    if within.must_ask:
        raise Doubt("ask_first", within.must_ask)
    for company in reply.companies:
        systems = set(company.systems)
        if systems & within.excluded or (within.named and systems - within.named):
            raise Doubt("system_not_asked", company.name)


def _values(company: CompanyReply) -> Iterator[str]:
    single = (company.name, company.contact_name, company.contact_email, company.slack_channel)
    yield from (value for value in single if value)
    yield from company.github_handles
    yield from company.newsletter_emails


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())


def _is_named(name: str, own: str) -> bool:
    """It stands there as words of their own, and not only within an address."""
    flat = _flat(name)
    if not flat or not flat.isascii():
        return bool(flat) and flat in own
    without = re.sub(r"\S+@\S+|https?://\S+", " ", own)
    return re.search(rf"(?<!\w){re.escape(flat)}(?!\w)", without) is not None
