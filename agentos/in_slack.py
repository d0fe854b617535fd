"""Approvals in Slack: the channel, and the door through which its buttons come back."""

from collections.abc import Mapping

from domain.errors import BadSetting
from server.api.slack import SlackDoor
from systems.slack.approvals import Approvals
from systems.slack.client import SlackClient
from systems.slack.options import ApprovalOptions, SlackOptions
from systems.variables import read


def approvals_in_slack(variables: Mapping[str, str]) -> tuple[Approvals, SlackDoor] | None:
    """None where no channel is set; `BadSetting` when something is missing beside it."""
    options = read(ApprovalOptions, variables)
    if not options.channel:
        return None
    for name, there in (
        ("SLACK_SIGNING_SECRET", options.signing_secret.get_secret_value()),
        ("SLACK_APPROVERS", options.approvers),
    ):
        if not there:
            raise BadSetting(
                f"{name} is not set, but SLACK_APPROVALS_CHANNEL is.",
                advice=f"Set {name}, or remove SLACK_APPROVALS_CHANNEL.",
            )
    approvals = Approvals(SlackClient(read(SlackOptions, variables)), options)
    secret = options.signing_secret.get_secret_value()
    return approvals, SlackDoor(secret, options.approvers, approvals.tell)
