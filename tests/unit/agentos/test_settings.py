"""Settings: defaults of a fresh checkout, one sentence for each wrong one, and no secret shown."""

from pathlib import Path

import pytest

from agentos.settings import load
from domain.errors import BadSetting

WRONG = {
    "AGENT_LLM": "guess",
    "AGENT_BEDROCK_ENDPOINT": "ftp://h",
    "AGENT_RUN_TOKENS": "-1",
    "AGENT_CHAT_TOKENS": "some",
    "MAX_STEP_RETRIES": "21",
    "SANDBOX": "perhaps",
    "SANDBOX_URL": "ftp://h",
    "AGENTOS_PORT": "65536",
    "AGENTOS_URL": "http://dana:secret-word@h",
    "AGENTOS_AUTH": "maybe",
    "AGENTOS_OIDC_ISSUER": "ftp://h",
    "AGENTOS_OIDC_SCOPES": "ops=king",
    "AGENTOS_SESSION_HOURS": "-1",
    "AGENTOS_WORKER_SLOTS": "0",
    "AGENTOS_MAX_RUNS": "none",
    "AGENTOS_MAX_RUNS_PER_TENANT": "0",
    "AGENTOS_MAX_QUEUED": "-1",
}


def test_a_fresh_checkout_needs_no_setting() -> None:
    settings = load({})
    assert settings.sandbox
    assert settings.sqlite_db_path == Path("tmp/agentos.db")
    assert settings.checkpoint_path == Path("tmp/agentos-checkpoints.db")
    assert (settings.host, settings.port, settings.max_step_retries) == ("127.0.0.1", 7777, 3)
    assert settings.url == "http://127.0.0.1:7777"


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load(dict.fromkeys(WRONG, "")).model_dump() == load({}).model_dump()


@pytest.mark.parametrize(("name", "value"), WRONG.items(), ids=WRONG)
def test_a_wrong_setting_is_named_with_a_cure_of_its_own_and_not_shown(
    name: str, value: str
) -> None:
    with pytest.raises(BadSetting) as refused:
        load({name: value})
    assert refused.value.message == f"{name} has a value that is not accepted."
    assert refused.value.advice != "Correct it or remove it."
    assert value not in refused.value.advice
    assert refused.value.__cause__ is None  # pydantic's own words show the value


def test_the_first_of_several_wrong_settings_is_enough() -> None:
    with pytest.raises(BadSetting) as refused:
        load(WRONG)
    assert len([name for name in WRONG if name in refused.value.message.split()]) == 1


def test_a_given_value_wins_over_the_environment() -> None:
    assert load({"AGENTOS_PORT": "1"}, agentos_port=2).port == 2


def test_secrets_are_not_in_what_is_printed() -> None:
    variables = {
        "APPROVAL_WEBHOOK_SECRETS": "whsec_secret-word whsec_secret-word-2",
        "SLACK_BOT_TOKEN": "secret-word",
        "AGENTOS_API_KEY": "aos_secret-word",
        "AGENTOS_OIDC_CLIENT_SECRET": "secret-word",
        "AGENTOS_SESSION_SECRET": "secret-word",
        "DATABASE_URL": "postgresql://agentos:secret-word@db/agentos",
    }
    settings = load(variables)
    assert settings.approval_webhook_secrets == ("whsec_secret-word", "whsec_secret-word-2")
    assert settings.environment["SLACK_BOT_TOKEN"] == "secret-word"
    assert "secret-word" not in f"{settings!r} {settings}"


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.7", False),
        ("", False),
    ],
)
def test_only_loopback_addresses_are_reached_from_this_machine_alone(
    host: str, alone: bool
) -> None:
    assert load({}, agentos_host=host).on_loopback is alone
