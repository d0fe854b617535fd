"""What schemathesis is told of our API that no schema can say. Runs in its own environment."""

import contextlib
import itertools
import json
import re
import unicodedata
from typing import Any

import schemathesis

_numbers = itertools.count()
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONG = re.compile(r"[^\s@\"]{65,}@")


@schemathesis.hook  # type: ignore[untyped-decorator, unused-ignore]
def filter_case(_context: Any, case: Any) -> bool:
    """Its tables of characters are rougher than ours: some that it takes are not assigned.

    What stands before the @ of an address is limited too, which no pattern says in a short way.
    """
    text = json.dumps([case.body, case.query], ensure_ascii=False, default=str)
    strange = any(unicodedata.category(character) in ("Cn", "Co") for character in text)
    return not (strange or _LONG.search(text))


@schemathesis.hook  # type: ignore[untyped-decorator, unused-ignore]
def before_call(_context: Any, case: Any, **_: Any) -> None:
    """One key is one request for ever, and one slug one company: each case gets its own.

    Nor does any case wait for a minute.
    """
    if isinstance(case.query, dict) and case.query.get("timeout") not in (None, *map(str, "01")):
        with contextlib.suppress(TypeError, ValueError):
            if 0 <= float(case.query["timeout"]) <= 60:
                case.query = case.query | {"timeout": 1}
    if not isinstance(case.body, dict):
        return
    key, slug = case.body.get("idempotency_key"), case.body.get("slug")
    own = {}
    if isinstance(key, str) and 0 < len(key) <= 255:
        own["idempotency_key"] = f"{key[:240]}-{next(_numbers)}"
    if isinstance(slug, str) and len(slug) <= 60 and _SLUG.fullmatch(slug):
        own["slug"] = f"{slug[:40].rstrip('-')}-{next(_numbers)}"
    if own:
        case.body = case.body | own
