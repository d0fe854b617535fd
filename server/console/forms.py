"""What a form of ours has sent, and whether it was one of ours.

A page of somebody else can make a browser send a form here. So the browser's own word about where
it comes from is heard first, and the form must hold the secret that its cookie holds: another
site can read neither.
"""

import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request
from starlette.datastructures import FormData, Headers

from domain.errors import Invalid, NotAllowed

COOKIE = "agentos_form"
FIELD = "form_token"
MAX_FIELDS = 300
_TYPE = "application/x-www-form-urlencoded"
_LENGTH = 32


def token(cookies: Mapping[str, str]) -> str:
    """The secret of this browser, a new one if it has none."""
    held = cookies.get(COOKIE, "")
    known = len(held) == _LENGTH and held.isascii() and held.isalnum()
    return held if known else secrets.token_hex(_LENGTH // 2)


async def read(request: Request) -> FormData:
    """The fields of a form that one of our pages has sent; `NotAllowed` if it was another's."""
    from_here(request.headers)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        raise Invalid("The form was not sent as a form.", advice="Send it from the page.")
    try:
        text = (await request.body()).decode("ascii")
        pairs = parse_qsl(text, True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise Invalid("The form could not be read.", advice="Send it from the page.") from error
    form = FormData([(name, value.replace("\r\n", "\n")) for name, value in pairs])
    of_this_visit(request.cookies, form)
    return form


def of_this_visit(cookies: Mapping[str, str], form: FormData) -> None:
    """`NotAllowed` unless the form holds the secret of the cookie."""
    held = cookies.get(COOKIE, "")
    if not held or not secrets.compare_digest(held.encode(), str(form.get(FIELD, "")).encode()):
        raise NotAllowed(
            "This form is from another visit.", advice="Go back, reload the page and send it again."
        )


def from_here(headers: Headers) -> None:
    """`NotAllowed` for what another site sends.

    `Sec-Fetch-Site` is sent where the address is trusted, `Origin` everywhere else."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    elsewhere = site not in (None, "same-origin")
    if site is None and origin is not None:
        elsewhere = urlsplit(origin).netloc != headers.get("host", "")
    if elsewhere:
        raise NotAllowed(
            "Another site has sent this form.", advice="Open the page here and send it from there."
        )


def text(form: FormData, name: str) -> str | None:
    """A field without outer blanks, None when it is empty or not there."""
    value = form.get(name)
    return value.strip() or None if isinstance(value, str) else None
