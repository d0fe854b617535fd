"""The sandbox's own switches for GitHub: the App's key, and what invited people do."""

from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response

from sandbox.control import store_of
from sandbox.github.answers import now
from sandbox.store import Body, Store

router = APIRouter(prefix="/_sandbox/github")
EXPIRED = "Invitation expired. User did not accept this invite for 7 days."
"""In our own words: GitHub's are not in public data."""


@router.get("/app.pem")
async def private_key(request: Request) -> Response:
    """The App's private key, as GitHub hands it out once (PKCS #1)."""
    key = store_of(request).get("github", "app", "key")
    if key is None:
        raise HTTPException(404)
    return Response(key["pem"], media_type="application/x-pem-file")


@router.post("/invitations/{number}/accept", status_code=204)
async def accept(request: Request, number: int) -> None:
    """The click in the mail, by `{"login": …}`: a member now, in the teams of the invitation."""
    store, body = store_of(request), await request.json()
    invitation, login = _invitation(store, number), str(body["login"])
    person = store.get("github", "user", login.lower())
    if person is None:
        new = store.next_id("github", "user") + 100
        person = {"_id": login.lower(), "id": new, "login": login, "email": invitation["email"]}
    store.put("github", "user", login.lower(), person | {"member": True})
    for team in invitation["team_ids"]:
        key = f"{team}:{login.lower()}"
        place = {"id": key, "team": team, "login": person["login"], "role": "member"}
        store.put("github", "membership", key, place | {"state": "active"})
    store.delete("github", "invitation", number)


@router.post("/invitations/{number}/expire", status_code=204)
async def expire(request: Request, number: int) -> None:
    """Seven days without an answer."""
    store = store_of(request)
    failure: dict[str, Any] = {"failed_at": now(), "failed_reason": EXPIRED}
    store.put("github", "failed_invitation", number, _invitation(store, number) | failure)
    store.delete("github", "invitation", number)


def _invitation(store: Store, number: int) -> Body:
    found = store.get("github", "invitation", number)
    if found is None:
        raise HTTPException(404, "There is no such open invitation.")
    return found
