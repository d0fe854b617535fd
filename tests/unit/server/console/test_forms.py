"""Which forms are ours."""

from typing import Any

import pytest
from fastapi import Request

from domain.errors import Invalid, NotAllowed
from server.console import forms

SECRET = "5" * 32
OURS = {"host": "agentos.test", "cookie": f"{forms.COOKIE}={SECRET}"}
FORM = "application/x-www-form-urlencoded"


def sent(body: str = f"form_token={SECRET}&a=1", kind: str = FORM, **headers: str) -> Request:
    """A request with this form."""
    told = OURS | {"content-type": kind} | {k.replace("_", "-"): v for k, v in headers.items()}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body.encode(), "more_body": False}

    raw = [(name.encode(), value.encode()) for name, value in told.items()]
    return Request({"type": "http", "method": "POST", "headers": raw}, receive)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "same-origin", "origin": "null"},
        {"origin": "http://agentos.test"},
        {"origin": "https://agentos.test"},
    ],
)
async def test_a_form_of_ours_is_read(headers: dict[str, str]) -> None:
    assert (await forms.read(sent(**headers)))["a"] == "1"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"origin": "http://evil.test"},
        {"origin": "http://agentos.test:81"},
        {"origin": "http://agentos.test.evil.test"},
        {"origin": "null"},
    ],
)
async def test_a_form_of_another_site_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(NotAllowed, match="Another site"):
        await forms.read(sent(**headers))


@pytest.mark.parametrize("body", ["", "a=1", "form_token=", f"form_token={SECRET[:-1]}"])
async def test_a_form_without_the_secret_of_the_cookie_is_refused(body: str) -> None:
    with pytest.raises(NotAllowed, match="another visit"):
        await forms.read(sent(body))


async def test_without_a_cookie_no_form_is_ours() -> None:
    with pytest.raises(NotAllowed, match="another visit"):
        await forms.read(sent("form_token=&a=1", cookie="other=1"))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("{}", "application/json"),
        ("a=1", "text/plain"),
        ("a=1", "multipart/form-data"),
        ("a=\u00e9", FORM),
        ("a=%ff", FORM),
        ("&".join("a=1" for _ in range(400)), FORM),
    ],
)
async def test_what_is_no_form_is_refused(body: str, kind: str) -> None:
    with pytest.raises(Invalid):
        await forms.read(sent(body, kind))


def test_a_browser_keeps_its_secret_and_a_planted_one_is_replaced() -> None:
    assert forms.token({forms.COOKIE: SECRET}) == SECRET
    for planted in ("", "short", "<" * 32, "\u0661" * 32):
        fresh = forms.token({forms.COOKIE: planted})
        assert fresh != planted and len(fresh) == 32
