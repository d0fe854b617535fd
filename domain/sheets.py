"""A sheet of companies: one CSV row is one launch, or says what is wrong with its line."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.errors import Invalid
from domain.launches import LaunchRequest
from domain.names import MAX_NAME, visible

MAX_ROWS = 10_000
MAX_BYTES = 4 * 1024 * 1024
MAX_CELL = 8_000
SEVERAL = ";"
"""Separates several values in one cell."""

_FORMULA = ("=", "+", "-", "@", "\t")
_PEOPLE = {"emails": "email", "github": "github", "slack": "slack"}
_TEXTS = ("company_name", "idempotency_key", "request", "slug", "note")
COLUMNS = (*_TEXTS, "systems", *_PEOPLE)


class TooLong(Invalid):
    """The file is larger than 4 MiB."""

    def __init__(self) -> None:
        super().__init__(
            "The file is larger than 4 MiB.",
            field="file",
            advice="Split it, and upload the parts one after the other.",
        )


class Row(BaseModel):
    """One line: the launch that it asks for, with its key, or `problem`; never both.

    `company_name` is what the line is called: the words of its request where they alone name it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    line: int
    company_name: str = ""
    request: LaunchRequest | None = None
    field: str | None = None
    problem: str | None = None


def read_sheet(data: bytes) -> list[Row]:
    """The rows of a CSV file; `Invalid` when the file as a whole cannot be understood.

    UTF-8, with or without a byte order mark; commas, or semicolons as some spreadsheets write.
    """
    lines = _lines(_decoded(data))
    header = next(lines, (1, []))[1]
    columns = [name.strip().lower() for name in header]
    _check_header(columns)
    return keyed(_row(line, columns, cells) for line, cells in lines)


def read_requests(bodies: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The same for launch bodies; the first is line 1."""
    return keyed(_checked(line, body) for line, body in enumerate(bodies, start=1))


def write_rows(rows: Iterable[Iterable[object]]) -> str:
    """Lines of CSV with nothing in them that a spreadsheet would carry out."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_inert(value) for value in row] for row in rows)
    return text.getvalue()


def _inert(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def keyed(rows: Iterable[Row]) -> list[Row]:
    """Each launch with a key: its own, or one that follows from its content.

    So the same row means the same run in whichever file it comes again. `Invalid` without rows, or
    with more than 10,000.
    """
    found: list[Row] = []
    first: dict[str, int] = {}
    for row in rows:
        if len(found) == MAX_ROWS:
            raise Invalid(
                f"The file has more than {MAX_ROWS} rows.", field="rows", advice="Split the file."
            )
        found.append(_distinct(row, first) if row.request else row)
    if not found:
        raise Invalid("The file has no rows.", field="rows", advice="One row is one company.")
    return found


def _distinct(row: Row, first: dict[str, int]) -> Row:
    assert row.request is not None  # noqa: S101 - for the type checker; the caller has looked
    key = row.request.idempotency_key or f"row/{row.request.fingerprint()}"
    earlier = first.setdefault(key, row.line)
    if earlier != row.line:
        same = f"Line {earlier} asks for the same already."
        return row.model_copy(update={"request": None, "problem": same})
    return row.model_copy(
        update={"request": row.request.model_copy(update={"idempotency_key": key})}
    )


def _decoded(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise TooLong
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(
            "The file is not text in UTF-8.",
            field="file",
            advice="Save it as CSV UTF-8 and upload it again.",
        ) from error


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each line that has any, with the number that an editor shows for it."""
    head = text.partition("\n")[0]
    delimiter = ";" if ";" in head and "," not in head else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Invalid(
            f"Line {begins} is not CSV.",
            field="file",
            advice='Put a cell with commas or line breaks in "quotes"; double "" within it.',
        ) from error


def _check_header(columns: Sequence[str]) -> None:
    known = ", ".join(COLUMNS)
    if "company_name" not in columns:
        raise Invalid(
            "The first line does not name the column company_name.",
            field="file",
            advice=f"Begin with a line of column names, of: {known}.",
        )
    if not set(columns) <= set(COLUMNS) or len(set(columns)) < len(columns):
        raise Invalid(
            "The first line names a column twice, or one that is not known.",
            field="file",
            advice=f"Choose from: {known}.",
        )


def _row(line: int, columns: Sequence[str], cells: Sequence[str]) -> Row:
    if len(cells) != len(columns):
        return Row(
            line=line, problem=f"It has {len(cells)} cells where the header has {len(columns)}."
        )
    if any(len(cell) > MAX_CELL for cell in cells):
        return Row(line=line, problem=f"A cell has more than {MAX_CELL} characters.")
    given = {name: cell.strip() for name, cell in zip(columns, cells, strict=True) if cell.strip()}
    body: dict[str, Any] = {name: given[name] for name in _TEXTS if name in given}
    if "systems" in given:
        body["systems"] = [word.lower() for word in _several(given["systems"])]
    people = [
        {field: value} for column, field in _PEOPLE.items() for value in _several(given.get(column))
    ]
    return _checked(line, body | ({"contacts": people} if people else {}))


def _several(cell: str | None) -> list[str]:
    return [part.strip() for part in (cell or "").split(SEVERAL) if part.strip()]


def _checked(line: int, body: Mapping[str, Any]) -> Row:
    said = body.get("company_name")
    name = visible(said)[:MAX_NAME] if isinstance(said, str) else ""
    try:
        request = LaunchRequest.model_validate(body)
    except Invalid as error:
        return Row(line=line, company_name=name, field=error.field, problem=error.message)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if first["type"] == "extra_forbidden":  # its name is the caller's: it is not repeated
            return Row(line=line, company_name=name, problem="It has a field that is not known.")
        field = ".".join(str(part) for part in first["loc"] if not isinstance(part, int))
        return Row(line=line, company_name=name, field=field, problem=f"{first['msg']}.")
    called = request.company_name or visible(request.request or "")[:MAX_NAME]
    return Row(line=line, company_name=called, request=request)
