"""One row of a sheet is one launch, or says what is wrong with its line."""

import pytest

from domain.errors import Invalid
from domain.sheets import MAX_ROWS, read_requests, read_sheet, write_rows

GOOD = """company_name,systems,emails,github,slug,note
Acme Corp,slack; github,dana@example.com;ilya@example.com,octocat,acme,first
"Globex, Inc.",,,,,
"""


def test_cells_become_a_launch() -> None:
    acme, globex = read_sheet(GOOD.encode())
    assert acme.request is not None and globex.request is not None
    assert (acme.line, globex.line) == (2, 3)
    assert acme.request.systems == ["slack", "github"]
    assert [contact.email for contact in acme.request.contacts] == [
        "dana@example.com",
        "ilya@example.com",
        None,
    ]
    assert acme.request.contacts[2].github == "octocat"
    assert (acme.request.slug, acme.request.note) == ("acme", "first")
    assert globex.request.company_name == "Globex, Inc."
    assert globex.request.systems is None


def test_a_spreadsheets_own_way_of_writing_is_read() -> None:
    """A byte order mark, semicolons, line ends of another system, a name over two lines."""
    (row,) = read_sheet('\ufeffcompany_name;emails\r\n"Acme\r\nCorp";a@example.com\r\n'.encode())
    assert row.problem == "company_name holds the character U+000D, which is not accepted."
    (row,) = read_sheet("\ufeffCompany_Name;slug\r\nAcme;acme\r\n".encode())
    assert row.request is not None and row.request.slug == "acme"


def test_the_same_row_has_the_same_key_in_every_file() -> None:
    (one,) = read_sheet(b"company_name,note\nAcme,x\n")
    (other,) = read_sheet(b"note,company_name\n x ,Acme\n")
    (changed,) = read_sheet(b"company_name,note\nAcme,y\n")
    assert one.request and other.request and changed.request
    assert one.request.idempotency_key == other.request.idempotency_key
    assert one.request.idempotency_key != changed.request.idempotency_key


def test_a_key_of_its_own_is_kept() -> None:
    (row,) = read_sheet(b"company_name,idempotency_key\nAcme,acme-001\n")
    assert row.request and row.request.idempotency_key == "acme-001"


def test_a_row_that_comes_twice_names_the_first() -> None:
    first, again = read_sheet(b"company_name\nAcme\nAcme\n")
    assert first.request is not None
    assert (again.line, again.problem) == (3, "Line 2 asks for the same already.")


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (b"Acme,no address,", "email"),
        (b",a@example.com,", "company_name"),
        (b"Acme,,Not A Slug", "slug"),
        ("\u202eAcme,,".encode(), "company_name"),
        (b"\x00,,", "company_name"),
    ],
)
def test_a_faulty_row_says_which_field_and_keeps_the_others(line: bytes, field: str) -> None:
    rows = read_sheet(b"company_name,emails,slug\nGood One,,\n" + line + b"\nGood Two,,\n")
    assert [row.request is not None for row in rows] == [True, False, True]
    assert rows[1].line == 3
    assert rows[1].field == field
    assert rows[1].problem


def test_lines_are_counted_as_an_editor_does() -> None:
    rows = read_sheet(b'company_name,note\n\n"Acme","two\nlines"\nGlobex,,,\n')
    assert [row.line for row in rows] == [3, 5]
    assert rows[1].problem == "It has 4 cells where the header has 2."


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "company_name"),
        (b"company_name\n", "no rows"),
        (b"company_name\n\n , \n", "no rows"),
        (b"name\nAcme\n", "company_name"),
        (b"company_name,colour\nAcme,red\n", "not known"),
        (b"company_name,note,note\nAcme,a,b\n", "twice"),
        ("company_name\nMüller\n".encode("latin-1"), "UTF-8"),
        (b'company_name\n"Acme\n', "not CSV"),
        (b"company_name\n" + b"Acme\n" * (MAX_ROWS + 1), f"{MAX_ROWS}"),
    ],
)
def test_a_file_that_cannot_be_understood_is_refused_as_a_whole(data: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read_sheet(data)


def test_launch_bodies_are_rows_too() -> None:
    rows = read_requests(
        [{"company_name": "Acme"}, {"company_name": "Globex", "colour": 1}, {"systems": "slack"}]
    )
    assert [row.line for row in rows] == [1, 2, 3]
    assert rows[0].request is not None
    assert rows[1].problem == "It has a field that is not known."
    assert rows[2].field in ("company_name", "systems")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_what_is_written_carries_nothing_out(cell: str) -> None:
    assert write_rows([[cell, None, 'a,"b"']]) == f"'{cell},," + '"a,""b"""\r\n'


def test_a_row_in_words_is_called_by_them() -> None:
    words = "Onboard Acme except GitHub"
    (row,) = read_sheet(f"company_name,request\n,{words}\n".encode())
    assert row.request and row.request.company_name is None
    assert row.company_name == words
    (named,) = read_requests([{"company_name": "Acme", "request": words}])
    assert named.company_name == "Acme"
