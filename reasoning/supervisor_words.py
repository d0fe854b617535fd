"""The supervisor's answers where no model writes them: tool results in sentences."""

from typing import Any

Json = dict[str, Any]

HELP = (
    "I can launch onboardings (“onboard NAME except GitHub”), tell what waits "
    "(“what waits for me?”), where a run stands (“status of NAME”), why one failed "
    "(“why did NAME fail?”), retry a failed system (“retry GitHub for NAME”) and call a person "
    "(“escalate NAME”). Several launches at once, and retries, wait for your yes. I cannot "
    "approve, deny, skip or cancel: a person does that."
)
ASK = "Nothing is done before you say yes to this."
_NEVER = "I cannot {verb} anything: only a person decides."


def refusal(verb: str, found: Json | None) -> str:
    """Why the supervisor does not do this, and how a person does."""
    words = [_NEVER.format(verb=verb)]
    if found is not None:
        words += [_standing(found), *_commands(found)]
    else:
        words.append("Ask “what waits for me?” for the runs and the commands that decide on them.")
    return " ".join(words)


def answered(tool: str, found: Json) -> str:
    """What a tool has told."""
    if "error" in found:
        return " ".join(str(found[part]) for part in ("message", "advice") if found.get(part))
    if "proposed" in found:
        return f"I propose: {found['proposed']}"
    match tool:
        case "launch":
            return _launched(found)
        case "list_runs":
            return _listed(found)
        case "explain_failure":
            return _explained(found)
        case "retry":
            return f"It is tried again: {found['retried']} of {_name(found)}."
        case "request_approval":
            return " ".join(
                [f"I have noted that the plan of {_name(found)} needs a person.", *_commands(found)]
            )
        case "escalate_to_human":
            return f"I have noted that a person is wanted for {_name(found)}."
        case _:
            return " ".join([_standing(found), *_commands(found)])


def _launched(found: Json) -> str:
    systems = ", ".join(found["systems"])
    if not found["launched"]:
        return f"The onboarding of {_name(found)} is under way already: {found['status']}."
    return (
        f"Launched the onboarding of {_name(found)} in {systems}. Nothing is made before a person "
        f"approves its plan: agentos approve {found['run_id']}."
    )


def _listed(found: Json) -> str:
    runs, waiting = found["runs"], found["which"] == "waiting"
    if not runs:
        return "Nothing waits for a person." if waiting else "There are no such runs."
    lines = [f"- {_name(run)}: {run['waits_for'] or run['status']}" for run in runs]
    if found["more"]:
        lines.append("There are more; `agentos runs` lists them all.")
    if waiting:
        lines.append("“status of NAME” tells the commands that decide.")
    return "\n".join(lines)


def _explained(found: Json) -> str:
    lines = [_standing(found)]
    for fault in found["faults"]:
        told = " ".join(str(fault[part]) for part in ("details", "hint") if fault[part])
        lines.append(f"- {fault['system']} ({fault['error_code'] or fault['status']}): {told}")
    lines += [
        f"- {each['system']}: {each['change']}: {each['reason'] or each['kind']}"
        for each in found["plan_problems"]
    ]
    if found["failure"]:
        lines.append(f"- {found['failure']['message']}")
    if ended := found["ended_by"]:
        why = f": {ended['reason']}" if ended["reason"] else ""
        lines.append(f"- {ended['who']} decided: {ended['did']}{why}.")
    if len(lines) == 1:
        lines.append("Nothing in it has failed.")
    return "\n".join([*lines, *_commands(found)])


def _standing(found: Json) -> str:
    systems = ", ".join(f"{name} {word}" for name, word in found["systems"].items())
    return f"{_name(found)} is {found['status']} ({systems})."


def _commands(found: Json) -> list[str]:
    commands = found["person_can"]
    return [f"A person goes on with: {'; '.join(commands)}."] if commands else []


def _name(found: Json) -> str:
    return f"{found['company']} ({found['run_id']})"
