"""What is proposed, in arguments that can be carried out and words that say them exactly."""

from collections.abc import Collection, Iterator

from domain.chats import Action
from domain.companies import Contact
from domain.launches import LaunchRequest
from domain.runs import RunState
from server.supervisor.facts import Json

MOST = 20
NOTE = "Nothing is done yet. The user is shown this and says yes or no to it; you cannot."


def request(given: Json, key: str, systems: Collection[str]) -> LaunchRequest:
    """What a call of the tool asks for; to name all systems is to name none."""
    body: Json = {"company_name": given["company_name"], "idempotency_key": key}
    body["contacts"] = list(given.get("contacts") or ())
    if given.get("systems") and not set(given["systems"]) >= set(systems):
        body["systems"] = sorted(set(given["systems"]))
    if given.get("channel_name"):
        body["choices"] = {"channel_name": given["channel_name"].lstrip("#")}
    return LaunchRequest.model_validate(body)


def launch(asked: LaunchRequest, systems: Collection[str]) -> Action:
    """One launch with everything that it would say."""
    chosen = [name for name in systems if name in (asked.systems or systems)]
    words = [f"Launch the onboarding of {asked.company_name} in {listed(chosen)}"]
    words += [f"with {_person(one)}" for one in asked.contacts]
    if asked.choices.channel_name:
        words.append(f"in the channel #{asked.choices.channel_name}")
    return Action(
        tool="launch",
        arguments=asked.model_dump(mode="json", exclude_defaults=True),
        words=", ".join(words) + ".",
    )


def retry(run: RunState, systems: list[str]) -> Action:
    """Another try of what has failed in this version of the run; one decision for all of it."""
    return Action(
        tool="retry",
        arguments={"run_id": run.run_id, "systems": systems, "version": run.version},
        words=f"Try {listed(systems)} again for {run.company.name} ({run.run_id}).",
    )


def retries(action: Action, run: RunState) -> bool:
    """Whether the action is another try in this run."""
    return action.tool == "retry" and action.arguments["run_id"] == run.run_id


def listed(words: Collection[str]) -> str:
    """Several words in a sentence."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _person(one: Contact) -> str:
    return " ".join(_told(one))


def _told(one: Contact) -> Iterator[str]:
    if one.name:
        yield one.name
    if one.email:
        yield f"<{one.email}>"
    if one.newsletter_only:
        yield "for the newsletter alone"
    if one.github:
        yield f"@{one.github} on GitHub"
