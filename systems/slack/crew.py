"""Whether our own people are in the workspace: looked up where the token may do that."""

from domain.codes import ErrorCode
from domain.errors import NeedsPerson
from systems.slack.client import SlackClient
from systems.slack.models import Identity
from systems.slack.options import SlackOptions

SCOPE = "users:read"


async def crew(client: SlackClient, options: SlackOptions, identity: Identity) -> str:
    """What is known of them, as the end of a sentence; `NeedsPerson` names who is not there."""
    people = options.ops_user_ids
    if not people:
        return ""
    if SCOPE not in (identity.scopes or ()):
        return f"; without the scope {SCOPE} our own people are not looked up"
    for person in people:
        found = await client.user(person)
        if found is None or found.deleted:
            what = "knows nobody" if found is None else "has deactivated"
            raise NeedsPerson(
                ErrorCode.NOT_FOUND,
                f"Slack {what} with the id {person}.",
                instructions="Correct SLACK_OPS_USER_IDS.",
            )
    return f"; all of our own people are there: {len(people)}"
