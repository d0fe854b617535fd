"""People of an organisation in a form: a row for each, and some that are empty."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.datastructures import FormData

FIELDS = ("name", "email", "github", "slack")
SPARE = 2

Person = dict[str, str]


def rows(contacts: Sequence[Mapping[str, Any]]) -> list[Person]:
    """The rows of a form in which these people stand already."""
    known = [{name: str(one.get(name) or "") for name in FIELDS} for one in contacts]
    return known + [dict.fromkeys(FIELDS, "") for _ in range(SPARE)]


def typed(form: FormData) -> Iterator[Person]:
    """The rows as they were sent."""
    columns = [[str(value) for value in form.getlist(f"contact_{name}")] for name in FIELDS]
    for row in zip(*columns, strict=False):
        yield dict(zip(FIELDS, row, strict=True))


def given(form: FormData) -> list[Person]:
    """The people that are meant: empty rows and fields are none."""
    found = [{name: text for name, text in row.items() if text.strip()} for row in typed(form)]
    return [person for person in found if person]
