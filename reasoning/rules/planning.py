"""A request in words becomes a plan, or one question, by rules alone."""

from collections.abc import Iterator, Sequence

from reasoning.rules import east_asian, fields
from reasoning.rules.checks import (
    Question,
    check_asked,
    check_choice,
    check_count,
    check_intent,
    check_names,
    check_systems,
    left_over,
)
from reasoning.rules.masks import mask
from reasoning.rules.sentences import Sentence, sentences
from reasoning.rules.wishes import all_wishes, settle
from reasoning.wire import About, CompanyReply, PlanReply

_QUESTIONS: dict[About, str] = {
    "company_name": "Which company shall be onboarded?",
    "which_company": "Which of these companies shall be onboarded?",
    "systems": "Which systems are meant: slack, github, newsletter, grants?",
    "intent": "What shall be done? Only onboarding can be started here.",
}


def read(request: str, answers: Sequence[str] = ()) -> PlanReply:
    """The plan of `request`; `answers` are what its writer said to earlier questions, in turn.

    Whatever is not understood is asked about: nothing is guessed, and nothing is made up.
    """
    own = mask(request)
    said = [mask(answer) for answer in answers]
    suspicious = any(each.suspicious for each in (own, *said))
    reply = _reply(own.own, [each.own for each in said])
    return reply.model_copy(update={"suspicious": suspicious})


def _reply(request: str, answers: Sequence[str]) -> PlanReply:
    try:
        if east_asian.written(request):
            return east_asian.read(request)
        return _plan(request, answers)
    except Question as question:
        text = _QUESTIONS[question.about]
        if question.words:
            text = f"This was not understood: {question.words}. {text}"
        return PlanReply(
            needs_clarification=True,
            question=text,
            clarify_about=question.about,
            companies=[CompanyReply(name=name, systems=[]) for name in question.companies],
        )


def _plan(request: str, answers: Sequence[str]) -> PlanReply:
    found, answered = sentences(request), [s for answer in answers for s in sentences(answer)]
    companies, wishes = _companies(answered), all_wishes(answered)
    if answered and not companies:
        companies = _bare_names(answers)
    told = bool(companies)
    if not companies or not answered:
        check_intent(found)
    if not companies:
        check_choice(found)
        companies = _companies(found)
        check_count(found, companies)
        check_asked(found, companies)
    if not companies:
        raise Question("company_name")
    check_names(answered if told else found, companies)
    if not any(wish.says_something for wish in wishes):
        wishes = all_wishes(found)
        check_systems(found, wishes, companies)
    chosen = {}
    for name in companies:
        systems, unclear = settle(wishes, name, len(companies))
        if unclear:
            raise Question("systems", companies=tuple(companies))
        chosen[name] = systems
    if not answered and (words := " ".join(left_over(found))):
        raise Question("intent", words, tuple(companies))
    try:
        known = fields.details([*found, *answered], companies)
    except fields.Unclear as unclear:
        raise Question("intent", unclear.words, tuple(companies)) from None
    return PlanReply(
        needs_clarification=False,
        companies=[
            CompanyReply(name=name, systems=chosen[name], **vars(known[name])) for name in companies
        ],
        unsupported=list(_products(found)),
    )


def _companies(found: Sequence[Sentence]) -> list[str]:
    """Each company once, as it is spelt first."""
    seen: dict[str, str] = {}
    for role in ("company", "fragment"):
        for name in (name for sentence in found for name in sentence.names if name.role == role):
            if role == "company" or not seen:
                seen.setdefault(name.text.casefold(), name.text)
    return list(seen.values())


def _bare_names(answers: Sequence[str]) -> list[str]:
    """The only name in an answer, or an answer that is nothing but one."""
    names = [name for sentence in sentences(answers[-1]) for name in sentence.names]
    if len(names) == 1 and not names[0].doubtful:
        return [names[0].text]
    last = answers[-1].strip().strip("\"'“”.!").strip()
    known = [item for s in sentences(last) for item in s.items if item.kinds - {"legal", "family"}]
    return [last] if last and not known and len(last.split()) <= 6 and "\n" not in last else []


def _products(found: Sequence[Sentence]) -> Iterator[str]:
    seen = set()
    for sentence in found:
        for at, item in enumerate(sentence.items):
            if item.means("product") and sentence.name_at(at) is None and item.word not in seen:
                seen.add(item.word)
                yield item.word
