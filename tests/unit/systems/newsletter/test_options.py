"""What the newsletter system can be told, and how it says that it was told wrongly."""

import pytest

from domain.errors import BadSetting
from systems.newsletter.system import build
from tests.unit.systems.newsletter.conftest import options

GIVEN = {"BREVO_API_KEY": "key-1", "BREVO_FOLDER_ID": "7"}


def test_brevo_is_the_provider_when_none_is_named() -> None:
    assert build(GIVEN).name == "newsletter"


def test_another_provider_is_refused_and_the_known_ones_are_told() -> None:
    with pytest.raises(BadSetting) as fault:
        build(GIVEN | {"NEWSLETTER_PROVIDER": "mailchimp"})
    assert fault.value.message == "NEWSLETTER_PROVIDER is not valid."
    assert fault.value.advice == "Set NEWSLETTER_PROVIDER to one of: brevo, mailman."


@pytest.mark.parametrize("name", ["BREVO_API_KEY", "BREVO_FOLDER_ID"])
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(BadSetting) as fault:
        options(**{name: ""})
    assert fault.value.message == f"{name} is not set."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BREVO_FOLDER_ID", "0"),
        ("BREVO_FOLDER_ID", "partners"),
        ("BREVO_BASE_URL", "api.brevo.com"),
        ("BREVO_APP_URL", "x"),
        ("BREVO_DOI_TEMPLATE_ID", "one"),
        ("BREVO_DOI_REDIRECT_URL", "thanks"),
        ("BREVO_TIMEOUT_SECONDS", "-1"),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as fault:
        options(**{name: value})
    assert fault.value.message == f"{name} is not valid."


def test_the_addresses_of_the_vendor_are_the_defaults() -> None:
    chosen = options(BREVO_BASE_URL="")
    assert (chosen.base_url, chosen.app_url) == (
        "https://api.brevo.com/v3",
        "https://app.brevo.com",
    )
    assert "key-1" not in repr(chosen)
