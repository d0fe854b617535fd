"""What the supervisor does where no model is chosen: everyday questions, by pattern.

A sentence that it does not understand as a whole is asked about, never half carried out.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage

from domain.canonical import digest
from reasoning.rules import planning
from reasoning.rules.lexicon import SYSTEMS
from reasoning.rules_model import Tools
from reasoning.supervisor_patterns import ASKED, DECIDE, FILLER, LAUNCH, MEANS, POLITE, RUN_ID
from reasoning.supervisor_words import ASK, HELP, answered, refusal
from reasoning.wire import CompanyReply

_LONGEST = 600
_MARKS = " .!?¿¡。！？"
_MOST = 10


class Wish(NamedTuple):
    """What a sentence asks for: tools to call, or words when no tool is needed.

    `verb` is what only a person may do; `which` says that a system has to be found out first.
    """

    calls: tuple[tuple[str, dict[str, Any]], ...] = ()
    words: str = ""
    verb: str = ""
    which: bool = False


def supervise(messages: Sequence[BaseMessage], _tools: Tools) -> AIMessage:
    """The next step of a conversation: calls of tools, or what they have told in words."""
    newest = max(
        (n for n, message in enumerate(messages) if isinstance(message, HumanMessage)), default=0
    )
    wish = _wish(*_said(messages[newest]))
    results = [m for m in messages[newest:] if isinstance(m, ToolMessage)]
    if not results:
        if not wish.calls:
            return AIMessage(wish.words)
        return _calling(messages[newest], wish.calls)
    if wish.which and len(results) == 1:
        return _retry(messages[newest], _facts(results[0]))
    return AIMessage(_words(wish, results))


def launches_asked(said: str, systems: Sequence[str]) -> list[dict[str, Any]]:
    """The launches that a message asks for beyond doubt, as arguments of the tool."""
    return [given for tool, given in _wish(said, systems).calls if tool == "launch"]


def _words(wish: Wish, results: Sequence[ToolMessage]) -> str:
    found = [(result.name or "", _facts(result)) for result in results]
    if wish.verb:
        last = found[-1][1]
        return refusal(wish.verb, None if "error" in last else last)
    told = found[-1 if wish.which else 0 :]
    lines = [answered(name, facts) for name, facts in told]
    return "\n".join([*lines, ASK] if any("proposed" in facts for _, facts in told) else lines)


def _wish(said: str, systems: Sequence[str]) -> Wish:
    sentence = POLITE.sub("", " ".join(said.replace("’", "'").split())).strip(_MARKS)
    sentence = re.sub(r",? (?:please|bitte)$", "", sentence, flags=re.IGNORECASE)
    if len(sentence) <= _LONGEST:
        for kind, pattern in ASKED:
            if found := pattern.match(sentence):
                return _asked(kind, found, said)
        if decide := DECIDE.match(sentence):
            return _decision(decide)
    if LAUNCH.search(sentence):
        return _launches(said, systems)
    return Wish(words=f"I do not understand that. {HELP}")


def _launches(said: str, systems: Sequence[str]) -> Wish:
    """What the planner's own rules read out of the sentence: companies, or a question."""
    plan = planning.read(said)
    if plan.needs_clarification:
        return Wish(words=plan.question or HELP)
    if len(plan.companies) > _MOST:
        return Wish(words=f"Those are many companies; name up to {_MOST} at a time.")
    return Wish(tuple(("launch", _launch(company, systems)) for company in plan.companies))


def _launch(company: CompanyReply, systems: Sequence[str]) -> dict[str, Any]:
    """The tool's arguments: what was not said is left out."""
    first = {"name": company.contact_name, "email": company.contact_email}
    people = [
        {field: value for field, value in first.items() if value} if company.contact_email else {},
        *(
            {"email": address, "newsletter_only": True}
            for address in company.newsletter_emails
            if address != company.contact_email
        ),
        *({"github": login.lstrip("@")} for login in company.github_handles),
    ]
    given: dict[str, Any] = {
        "company_name": company.name,
        "contacts": [each for n, each in enumerate(people) if each and each not in people[:n]],
        "channel_name": company.slack_channel,
    }
    if not set(company.systems) >= set(systems):
        given["systems"] = company.systems
    return {name: value for name, value in given.items() if value}


def _asked(kind: str, found: re.Match[str], said: str) -> Wish:
    if kind == "help":
        return Wish(words=HELP)
    if kind in ("waiting", "active", "all"):
        return Wish((("list_runs", {"which": kind}),))
    groups = found.groupdict()
    run = RUN_ID.search(groups["run"])
    arguments: dict[str, Any] = {"run": run[0] if run else groups["run"].strip(" ,\"'“”")}
    if kind == "retry":
        if not groups.get("system"):
            return Wish((("explain_failure", arguments),), which=True)
        arguments["system"] = _system(groups["system"])
    if kind in ("request_approval", "escalate_to_human"):
        arguments["reason"] = groups.get("reason") or said
    return Wish(((kind, arguments),))


def _system(word: str) -> str:
    """The system's own name."""
    plain = "".join(word.lower().split())
    return {"newsletters": "newsletter", "mailinglist": "newsletter", "grant": "grants"}.get(
        plain, plain
    )


def _decision(found: re.Match[str]) -> Wish:
    """What only a person may do: the run is looked up, to say how a person does it."""
    word = found["verb"].lower()
    verb = next((to for of, to in MEANS.items() if word.startswith(of)), word)
    run = RUN_ID.search(found["rest"])
    name = run[0] if run else FILLER.sub("", found["rest"].strip()).strip(" ,\"'“”")
    if not name:
        return Wish(words=refusal(verb, None), verb=verb)
    return Wish((("status", {"run": name}),), verb=verb)


def _retry(asked: BaseMessage, facts: dict[str, Any]) -> AIMessage:
    """Which system is meant, when the user has not said it and only one has failed."""
    if "error" in facts:
        return AIMessage(answered("explain_failure", facts))
    faulty = [fault["system"] for fault in facts["faults"]]
    if len(faulty) != 1:
        which = (
            f"{', '.join(faulty)} have failed. Which?" if faulty else "Nothing in it has failed."
        )
        return AIMessage(f"{facts['company']} ({facts['run_id']}): {which}")
    return _calling(asked, (("retry", {"run": facts["run_id"], "system": faulty[0]}),), 1)


def _calling(
    asked: BaseMessage, calls: Sequence[tuple[str, dict[str, Any]]], step: int = 0
) -> AIMessage:
    """Ids are the same for the same message, and no other's."""
    mark = digest([asked.id or asked.text, step])[:16]
    return AIMessage(
        "",
        tool_calls=[
            ToolCall(name=name, args=arguments, id=f"call_{mark}_{n}", type="tool_call")
            for n, (name, arguments) in enumerate(calls)
        ],
    )


def _said(message: BaseMessage) -> tuple[str, Sequence[str]]:
    """The user's words, and which systems there are."""
    try:
        framed = json.loads(message.text)
        return str(framed["message"]), framed["snapshot"]["systems"]
    except (ValueError, KeyError, TypeError):
        return message.text, SYSTEMS


def _facts(result: ToolMessage) -> dict[str, Any]:
    facts = result.artifact
    try:
        facts = facts or json.loads(result.text)
    except ValueError:
        facts = None
    if isinstance(facts, dict):
        return facts
    return {"error": "invalid", "message": "That call was not accepted."}
