"""What a person may change in a plan: its input, from which it is then made anew."""

from collections.abc import Collection, Sequence
from typing import Annotated, Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field

from domain.choices import Choices
from domain.companies import Company, Contact, Slug, company_id_for
from domain.errors import Invalid
from domain.launches import MAX_CONTACTS, MAX_SYSTEMS


class PlanEdit(BaseModel):
    """A patch of the launch: what is given replaces what was there, what is left out stays.

    `systems` and `contacts` are the whole new lists; of the `choices` only those that are given
    change.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    systems: Annotated[list[str], Field(min_length=1, max_length=MAX_SYSTEMS)] | None = None
    contacts: Annotated[list[Contact], Field(max_length=MAX_CONTACTS)] | None = None
    slug: Slug | None = None
    choices: Choices | None = None

    @property
    def names(self) -> list[str]:
        """What is edited."""
        return [name for name, value in self if value is not None]


class PlanInput(NamedTuple):
    """What a plan is made from."""

    company: Company
    systems: tuple[str, ...]

    def edited(
        self, edit: PlanEdit, known: Collection[str], settled: Company | None = None
    ) -> Self:
        """The input after `edit`, with the `known` systems in their order.

        `settled` is the company that the new slug means, where that is looked up. `Invalid` when
        the edit names a system that does not exist here, or changes nothing.
        """
        company = self.company
        if edit.slug not in (None, company.slug):
            own = company_id_for(company.name, edit.slug)
            company = settled or company.model_copy(update={"company_id": own, "slug": edit.slug})
        new = {} if edit.choices is None else edit.choices.model_dump(exclude_unset=True)
        said = {
            "name": self.company.name,
            "contacts": self.company.contacts if edit.contacts is None else tuple(edit.contacts),
            "choices": self.company.choices.model_copy(update=new),
        }
        after = self._replace(
            company=company.model_copy(update=said),
            systems=chosen(edit.systems, known) if edit.systems else self.systems,
        )
        if after == self:
            raise Invalid(
                "The edit changes nothing.", field="edit", advice="Approve the plan as it is."
            )
        return after

    def shown(self) -> dict[str, Any]:
        """The input as a person is shown it, to be edited there."""
        return {
            "systems": list(self.systems),
            "contacts": [contact.model_dump(mode="json") for contact in self.company.contacts],
            "slug": self.company.slug,
            "choices": self.company.choices.model_dump(mode="json"),
        }


def chosen(wanted: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """The wanted systems in the order in which they are known; `Invalid` if one is not."""
    if any(name not in known for name in wanted):
        raise Invalid(
            "systems names a system that does not exist here.",
            field="systems",
            advice=f"Choose from: {', '.join(known)}.",
        )
    return tuple(name for name in known if name in wanted)
