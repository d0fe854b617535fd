"""What Slack can be told, and how it says that it was told wrongly."""

import pytest

from domain.errors import BadSetting
from systems.slack.system import build
from tests.unit.systems.slack.conftest import options


def test_a_token_is_enough() -> None:
    assert build({"SLACK_BOT_TOKEN": "xoxb-1"}).name == "slack"


def test_the_address_of_the_vendor_and_private_channels_are_the_defaults() -> None:
    chosen = options(SLACK_BASE_URL="", SLACK_OPS_USER_IDS="")
    assert chosen.base_url == "https://slack.com/api"
    assert chosen.private
    assert chosen.ops_user_ids == ()
    assert chosen.channel_prefix == "welcome-"


def test_a_missing_token_is_named() -> None:
    with pytest.raises(BadSetting) as fault:
        options(SLACK_BOT_TOKEN="")
    assert fault.value.message == "SLACK_BOT_TOKEN is not set."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BASE_URL", "slack.com"),
        ("SLACK_PRIVATE", "perhaps"),
        ("SLACK_CHANNEL_PREFIX", "Welcome "),
        ("SLACK_CHANNEL_PREFIX", "a" * 21),
        ("SLACK_OPS_USER_IDS", "dana"),
        ("SLACK_OPS_USER_IDS", "U0OPS1,dana@example.com"),
        ("SLACK_TIMEOUT_SECONDS", "0"),
        ("SLACK_TIMEOUT_SECONDS", "soon"),
    ],
)
def test_a_wrong_variable_is_named_and_its_value_is_not(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as fault:
        options(**{name: value})
    assert fault.value.message == f"{name} is not valid."
    assert name in fault.value.advice


@pytest.mark.parametrize("written", ["U0OPS1,U0OPS2", "U0OPS1, U0OPS2,", "U0OPS1 U0OPS2 U0OPS1"])
def test_people_may_be_written_with_commas_or_blanks(written: str) -> None:
    assert options(SLACK_OPS_USER_IDS=written).ops_user_ids == ("U0OPS1", "U0OPS2")


def test_the_token_is_not_shown() -> None:
    assert "xoxb-secret" not in repr(options())
