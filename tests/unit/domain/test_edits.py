"""What an edit makes of the input of a plan."""

import pytest

from domain.choices import Choices
from domain.companies import Contact, company_id_for
from domain.edits import PlanEdit, PlanInput
from domain.errors import Invalid
from tests.unit.domain import samples

KNOWN = ("slack", "github", "newsletter")
BEFORE = PlanInput(samples.COMPANY, ("slack", "github"))
BEN = Contact(email="ben@example.com")


def test_what_is_left_out_stays_when_one_thing_is_edited() -> None:
    after = BEFORE.edited(PlanEdit(systems=["newsletter", "slack"]), KNOWN)
    assert after == PlanInput(samples.COMPANY, ("slack", "newsletter"))
    after = BEFORE.edited(PlanEdit(contacts=[BEN]), KNOWN)
    assert after == PlanInput(samples.COMPANY.model_copy(update={"contacts": (BEN,)}), BEFORE[1])


def test_company_is_another_when_its_slug_is_edited() -> None:
    company = BEFORE.edited(PlanEdit(slug="acme-eu"), KNOWN).company
    assert company.slug == "acme-eu"
    assert company.company_id == company_id_for("Acme Corp", "acme-eu")
    assert company.contacts == samples.COMPANY.contacts


def test_company_is_the_settled_one_when_its_slug_was_looked_up() -> None:
    settled = samples.COMPANY.model_copy(
        update={"company_id": "co_known", "slug": "acme-eu", "name": "ACME", "contacts": ()}
    )
    company = BEFORE.edited(PlanEdit(slug="acme-eu"), KNOWN, settled).company
    assert (company.company_id, company.name) == ("co_known", "Acme Corp")
    assert company.contacts == samples.COMPANY.contacts


def test_choices_that_are_left_out_stay_and_those_that_are_null_are_taken_back() -> None:
    named = PlanEdit.model_validate({"choices": {"channel_name": "acme", "adopt": ["x"]}})
    first = BEFORE.edited(named, KNOWN)
    assert first.company.choices == Choices(channel_name="acme", adopt=("x",))
    again = PlanEdit.model_validate({"choices": {"channel_name": None}})
    assert first.edited(again, KNOWN).company.choices == Choices(adopt=("x",))


@pytest.mark.parametrize(
    "edit",
    [
        PlanEdit(),
        PlanEdit(systems=["github", "slack"]),
        PlanEdit(slug="acme-corp"),
        PlanEdit(contacts=list(samples.COMPANY.contacts)),
    ],
)
def test_edit_is_refused_when_it_changes_nothing(edit: PlanEdit) -> None:
    with pytest.raises(Invalid) as error:
        BEFORE.edited(edit, KNOWN)
    assert error.value.field == "edit"


def test_edit_is_refused_when_a_system_is_unknown() -> None:
    with pytest.raises(Invalid) as error:
        BEFORE.edited(PlanEdit(systems=["slack", "jira"]), KNOWN)
    assert error.value.field == "systems"


def test_edit_of_everything_shown_changes_nothing() -> None:
    with pytest.raises(Invalid):
        BEFORE.edited(PlanEdit.model_validate(BEFORE.shown()), KNOWN)
