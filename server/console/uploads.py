"""A form of ours that carries a file, as browsers send it without scripts (RFC 7578).

Only what browsers send is read; anything else is no form. It is taken apart by its boundary and
nothing more: no encodings, no nested parts, no file names that lead anywhere.
"""

from email.message import Message
from email.parser import HeaderParser
from typing import NamedTuple

from fastapi import Request
from starlette.datastructures import FormData

from domain.errors import Invalid
from domain.sheets import MAX_BYTES, TooLong
from server.console import forms

TYPE = "multipart/form-data"
BESIDE_BYTES = 64 * 1024
"""What may come beside the file: the other fields, and what is around them."""

_HEADERS = HeaderParser()
_NO_FORM = ("The form was not sent as a form.", "Send it from the page.")


class Sent(NamedTuple):
    """The plain fields, and the file with its name if one was chosen."""

    form: FormData
    name: str
    file: bytes


async def read(request: Request) -> Sent:
    """The form with its file; `NotAllowed` if another site sent it, `TooLong` beyond the limit."""
    forms.from_here(request.headers)
    body = await _body(request, MAX_BYTES + BESIDE_BYTES)
    fields: dict[str, str] = {}
    name, file = "", b""
    for part, content in _parts(request.headers.get("content-type", ""), body):
        field = part.get_param("name", "", "content-disposition")
        file_name = part.get_param("filename", None, "content-disposition")
        if file_name is not None:
            name, file = str(file_name), content
        else:
            fields[str(field)] = _text(content)
    form = FormData(fields)
    forms.of_this_visit(request.cookies, form)
    return Sent(form, name, file)


async def _body(request: Request, limit: int) -> bytes:
    """What is over the limit is heard out, since browsers listen only when they have spoken."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size <= limit:
            pieces.append(piece)
    if size > limit:
        raise TooLong
    return b"".join(pieces)


def _parts(content_type: str, body: bytes) -> list[tuple[Message, bytes]]:
    head = _HEADERS.parsestr(f"Content-Type: {content_type}")
    boundary = head.get_param("boundary")
    if head.get_content_type() != TYPE or not isinstance(boundary, str) or not boundary:
        raise Invalid(_NO_FORM[0], advice=_NO_FORM[1])
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1"))
    if len(pieces) < 3 or len(pieces) > forms.MAX_FIELDS or not pieces[-1].startswith(b"--"):
        raise Invalid(_NO_FORM[0], advice=_NO_FORM[1])
    split = (piece.removeprefix(b"\r\n").partition(b"\r\n\r\n") for piece in pieces[1:-1])
    return [(_HEADERS.parsestr(_text(headers)), content) for headers, _, content in split]


def _text(content: bytes) -> str:
    try:
        return content.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise Invalid("The form could not be read.", advice="Send it from the page.") from error
