"""The sandbox's own switches, under /_sandbox; nothing the vendors have."""

from typing import Any

from fastapi import APIRouter, HTTPException, Request

from sandbox import faults, journal
from sandbox.store import Store

router = APIRouter(prefix="/_sandbox")


def store_of(request: Request) -> Store:
    """The store behind this application."""
    store: Store = request.app.state.store
    return store


@router.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/requests")
async def requests(
    request: Request, system: str | None = None, method: str | None = None, since: int = 0
) -> dict[str, Any]:
    """The journal, oldest first."""
    items = [
        entry
        for entry in store_of(request).all(journal.SYSTEM, journal.KIND)
        if entry["n"] > since
        and system in (None, entry["system"])
        and method in (None, entry["method"])
    ]
    return {"items": items}


@router.get("/state")
async def state(request: Request) -> dict[str, Any]:
    """Everything that is there, by system and kind, and how many of each."""
    store = store_of(request)
    found: dict[str, dict[str, Any]] = {}
    for system, kind in store.kinds():
        if system != journal.SYSTEM:
            found.setdefault(system, {})[kind] = store.all(system, kind)
    counts = {s: {k: len(v) for k, v in kinds.items()} for s, kinds in found.items()}
    return {"systems": found, "counts": counts}


@router.post("/faults", status_code=201)
async def arm(request: Request) -> dict[str, Any]:
    try:
        return faults.arm(store_of(request), await request.json())
    except ValueError as error:
        raise HTTPException(422, str(error)) from error


@router.get("/faults")
async def armed(request: Request) -> dict[str, Any]:
    return {"items": store_of(request).all(journal.SYSTEM, faults.KIND)}


@router.delete("/faults", status_code=204)
async def disarm(request: Request) -> None:
    store = store_of(request)
    for fault in store.all(journal.SYSTEM, faults.KIND):
        store.delete(journal.SYSTEM, faults.KIND, fault["id"])


@router.post("/reset", status_code=204)
async def reset(request: Request) -> None:
    """Forget everything, faults and journal too, and seed anew."""
    store = store_of(request)
    store.clear(*{system for system, _ in store.kinds()})
    request.app.state.seed(store)


@router.post("/seed", status_code=204)
async def reseed(request: Request) -> None:
    """Put back what a fresh sandbox has, leaving the rest."""
    request.app.state.seed(store_of(request))


@router.post("/brevo/confirm")
async def confirm(request: Request) -> dict[str, Any]:
    """The click in a double opt-in mail: `{"email": …}`."""
    email = (await request.json())["email"].lower()
    store = store_of(request)
    done = 0
    for mail in store.all("brevo", "mail"):
        if mail["email"] == email and not mail["confirmed"]:
            contact = store.get("brevo", "contact", email)
            if contact:
                lists = sorted({*contact["listIds"], *mail["listIds"]})
                store.put("brevo", "contact", email, contact | {"listIds": lists})
            store.put("brevo", "mail", mail["id"], mail | {"confirmed": True})
            done += 1
    return {"confirmed": done}


@router.post("/grants/search", status_code=204)
async def grants_search(request: Request) -> None:
    """How the grants server searches: `{"mode": "json-query" | "body" | "none"}`."""
    store_of(request).put(journal.SYSTEM, "setting", "grants_search", await request.json())
