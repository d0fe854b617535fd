"""Templates, in which every value is inert text whatever it holds."""

import hashlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from domain.names import visible
from server.console import moments, words

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
_SHEETS = ("tokens", "frame", "pieces", "pages", "media")


def style() -> str:
    """The one style sheet."""
    return "\n".join((_HERE / "style" / f"{name}.css").read_text() for name in _SHEETS)


def assets() -> str:
    """Where the style sheet and the modules are: another address with every change of them."""
    digest = hashlib.sha256(style().encode())
    for file in sorted(STATIC.iterdir()):
        digest.update(file.read_bytes())
    return f"/assets/{digest.hexdigest()[:12]}"


@cache
def environment() -> Environment:
    """Escapes everything, and spells out invisible and direction characters.

    One for all: each template is compiled once.
    """
    found = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    found.filters |= {
        "when": _when,
        "clock": _clock,
        "took": moments.took,
        "system": words.system,
        "web": _web,
        "counted": words.counted,
        "called": words.called,
    }
    found.globals |= {"STATUS": words.STATUS, "CHANGES": words.CHANGES, "UNDO": words.UNDO}
    return found


def _shown(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, Markup):
        return value
    text = str(value)
    return text if text.isprintable() else visible(text)


def _when(at: datetime) -> Markup:
    """An age that anybody can turn into the exact time."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.astimezone(UTC).isoformat(), moments.exact(at), moments.ago(at, datetime.now(UTC))
    )


def _clock(at: datetime) -> Markup:
    """The time of day in UTC, for lists in which days do not matter."""
    utc = at.astimezone(UTC)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        utc.isoformat(), moments.exact(at), utc.strftime("%H:%M:%S")
    )


def _web(address: str | None) -> str | None:
    """The address if it is one of the web; a system may answer with anything."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.netloc else None
