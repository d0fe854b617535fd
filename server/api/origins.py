"""From where a browser writes."""

from starlette.datastructures import Headers

from domain.errors import NotAllowed

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def refuse_other_pages(method: str, headers: Headers, *own: str | None) -> None:
    """`NotAllowed` for what a page of another site has a browser do, which is known to us.

    Every browser says from where it writes. None in `own` takes what says nothing for no browser.
    """
    if method in _SAFE:
        return
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    from_here = origin in own or (origin is None and site == "same-origin")
    if site not in (None, "same-origin", "none") or not from_here:
        raise NotAllowed(
            "A page of another site sent this.", advice="Send it from the console or by yourself."
        )
