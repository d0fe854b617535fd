"""What can be told about a Mailman, and how it says that it was told wrongly."""

import pytest

from domain.errors import BadSetting
from systems.newsletter.system import build
from tests.unit.systems.newsletter.mailman.conftest import options

REQUIRED = ("MAILMAN_URL", "MAILMAN_USER", "MAILMAN_PASSWORD", "MAILMAN_DOMAIN")


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(BadSetting) as fault:
        options(**{name: ""})
    assert fault.value.message == f"{name} is not set."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAILMAN_URL", "localhost:8001"),
        ("MAILMAN_DOMAIN", "Lists.example.com"),
        ("MAILMAN_DOMAIN", "@lists.example.com"),
        ("MAILMAN_DOMAIN", "lists.example.com/3.1"),
        ("MAILMAN_LIST_SUFFIX", "news"),
        ("MAILMAN_LIST_SUFFIX", "-News"),
        ("MAILMAN_LIST_SUFFIX", "-" + "n" * 20),
        ("MAILMAN_LIST_SUFFIX", "-owner"),
        ("MAILMAN_LIST_SUFFIX", "-news-unsubscribe"),
        ("MAILMAN_APP_URL", "postorius"),
        ("MAILMAN_TIMEOUT_SECONDS", "0"),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as fault:
        options(**{name: value})
    assert fault.value.message == f"{name} is not valid."


@pytest.mark.parametrize("tail", ["", "/", "/3.1", "/3.1/"])
def test_the_address_is_taken_with_and_without_the_version(tail: str) -> None:
    assert options(f"http://127.0.0.1:8001{tail}").url == "http://127.0.0.1:8001"


def test_the_password_is_not_shown() -> None:
    assert "s3cret" not in repr(options())


def test_mailman_is_the_provider_when_it_is_named() -> None:
    given = dict.fromkeys(REQUIRED, "x") | {"MAILMAN_URL": "http://127.0.0.1:8001"}
    assert build(given | {"NEWSLETTER_PROVIDER": "mailman"}).name == "newsletter"


def test_a_variable_of_mailman_is_missing_when_it_is_the_provider() -> None:
    with pytest.raises(BadSetting) as fault:
        build({"NEWSLETTER_PROVIDER": "mailman", "BREVO_API_KEY": "x", "BREVO_FOLDER_ID": "1"})
    assert fault.value.message == "MAILMAN_URL is not set."
