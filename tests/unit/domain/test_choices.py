"""What may be chosen at a launch, and that nothing is said where nothing was."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.choices import NOTHING_CHOSEN, Choices, Permission
from domain.companies import Company
from domain.errors import Invalid
from domain.launches import LaunchRequest

ACME = Company(company_id="co_1111", name="Acme Corp", slug="acme-corp")


def test_choices_are_read_from_json() -> None:
    body = {"company_name": "Acme", "choices": {"adopt": ["b", "a", "b"], "channel_name": "#acme"}}
    found = LaunchRequest.model_validate(body).choices
    assert found == Choices(adopt=("a", "b"), channel_name="acme")
    assert Choices.model_validate(found.model_dump(mode="json")) == found


@pytest.mark.parametrize("level", Permission)
def test_a_permission_is_one_of_githubs(level: Permission) -> None:
    assert Choices.model_validate({"github_permission": level.value}).github_permission is level


@pytest.mark.parametrize(
    "wrong",
    [
        {"github_permission": "owner"},
        {"channel_name": "Acme"},
        {"channel_name": "-acme"},
        {"channel_name": "a" * 81},
        {"channel_name": ""},
        {"adopt": [""]},
        {"adopt": ["a\x00"]},
        {"adopt": [str(number) for number in range(21)]},
        {"adopt": "a"},
        {"anything": "else"},
    ],
)
def test_choices_are_refused_when_they_cannot_be_meant(wrong: dict[str, Any]) -> None:
    with pytest.raises((ValidationError, Invalid)):
        Choices.model_validate(wrong)


def test_nothing_is_said_of_choices_when_nothing_was_chosen() -> None:
    """Digests and fingerprints of earlier releases stay what they were."""
    assert not NOTHING_CHOSEN
    assert "choices" not in ACME.model_dump(mode="json")
    bare, empty = (
        LaunchRequest(company_name="A"),
        LaunchRequest(company_name="A", choices=Choices()),
    )
    assert "choices" not in bare.model_dump(mode="json")
    assert bare.fingerprint() == empty.fingerprint()
    assert (
        bare.fingerprint()
        != LaunchRequest(company_name="A", choices=Choices(channel_name="a")).fingerprint()
    )


def test_a_company_is_what_its_launch_means() -> None:
    request = LaunchRequest(company_name="ACME Corp", choices=Choices(channel_name="acme"))
    found = request.about(ACME)
    assert (found.name, found.choices.channel_name) == ("ACME Corp", "acme")
    assert Company.model_validate(found.model_dump(mode="json")) == found
