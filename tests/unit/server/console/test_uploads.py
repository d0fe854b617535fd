"""Which forms with a file are read, and that a file is read as it is."""

from typing import Any

import pytest
from fastapi import Request

from domain.errors import Invalid, NotAllowed
from domain.sheets import MAX_BYTES, TooLong
from server.console import forms, uploads

SECRET = "5" * 32
KIND = "multipart/form-data; boundary=edge"
FIELD = f'--edge\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{SECRET}\r\n'.encode()
HEAD = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="\xc3\xa4.csv"\r\n\r\n'
END = b"\r\n--edge--\r\n"


def sent(body: bytes, kind: str = KIND, **headers: str) -> Request:
    """A request with this body, in two pieces."""
    told = {"cookie": f"{forms.COOKIE}={SECRET}", "host": "a", "content-type": kind, **headers}
    pieces = [body[:50], body[50:]]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    raw = [(name.encode(), value.encode()) for name, value in told.items()]
    return Request({"type": "http", "method": "POST", "headers": raw}, receive)


@pytest.mark.parametrize(
    "file", [b"", b"a,b\r\n1,2", b"\r", b"\r\n", b"\xff\xfe\x00\r\n\r\n", b"--edg\r\n--edg", b"\0"]
)
async def test_a_file_is_read_to_the_byte(file: bytes) -> None:
    form, name, found = await uploads.read(sent(FIELD + HEAD + file + END))
    assert (form["form_token"], name, found) == (SECRET, "ä.csv", file)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (FIELD + HEAD + END, "application/x-www-form-urlencoded"),
        (FIELD + HEAD + END, "multipart/form-data"),
        (FIELD + HEAD + END, "multipart/mixed; boundary=edge"),
        (FIELD + HEAD + b"cut off", KIND),
        (b"", KIND),
        (FIELD * forms.MAX_FIELDS + END, KIND),
        (FIELD + b'--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff' + END, KIND),
    ],
)
async def test_what_is_no_such_form_is_refused(body: bytes, kind: str) -> None:
    with pytest.raises(Invalid):
        await uploads.read(sent(body, kind))


async def test_a_form_of_another_site_or_visit_is_refused() -> None:
    whole = FIELD + HEAD + b"x" + END
    with pytest.raises(NotAllowed, match="Another site"):
        await uploads.read(sent(whole, origin="http://evil.test"))
    with pytest.raises(NotAllowed, match="another visit"):
        await uploads.read(sent(whole.replace(b"5" * 32, b"6" * 32)))


async def test_no_more_is_kept_than_a_sheet_may_have() -> None:
    with pytest.raises(TooLong):
        await uploads.read(sent(FIELD + HEAD + b"x" * (MAX_BYTES + uploads.BESIDE_BYTES) + END))
