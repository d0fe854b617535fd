"""Lists and folders. Two lists may have one name: Brevo does not mind."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sandbox.brevo.answers import answer, invalid, missing, opened, timestamp
from sandbox.store import Body, Store

router = APIRouter()


def _view(store: Store, found: Body) -> Body:
    members = [c for c in store.all("brevo", "contact") if found["id"] in c["listIds"]]
    return {
        "id": found["id"],
        "name": found["name"],
        "folderId": found["folderId"],
        "createdAt": found["createdAt"],
        "uniqueSubscribers": len(members),
        "totalSubscribers": len(members),
        "totalBlacklisted": sum(c["emailBlacklisted"] for c in members),
        "dynamicList": False,
    }


def _short(view: Body, *left_out: str) -> Body:
    return {key: value for key, value in view.items() if key not in left_out}


def _page(request: Request, items: list[Body], *, limit: int, most: int) -> list[Body]:
    query = request.query_params
    size = int(query.get("limit", limit))
    if size > most:
        raise invalid(f"Limit exceeds max value {most}")
    start = int(query.get("offset", 0))
    ordered = items if query.get("sort") == "asc" else items[::-1]
    return ordered[start : start + size]


def _lists(request: Request, store: Store, folder: int | None) -> Response:
    """Of one folder, where it is not told again, or of all."""
    left_out = ["createdAt", "dynamicList", *([] if folder is None else ["folderId"])]
    every = [item for item in store.all("brevo", "list") if folder in (None, item["folderId"])]
    chosen = _page(request, every, limit=10, most=50)
    views: list[Any] = [_short(_view(store, item), *left_out) for item in chosen]
    return answer(200, {"lists": views, "count": len(every)} if views else {"count": len(every)})


@router.get("/contacts/lists")
async def get_lists(request: Request) -> Response:
    store, _ = await opened(request)
    return _lists(request, store, None)


@router.post("/contacts/lists")
async def create_list(request: Request) -> Response:
    store, body = await opened(request)
    name, folder = body.get("name"), body.get("folderId")
    if not isinstance(name, str) or not name.strip():
        raise invalid("List name is missing")
    if not isinstance(folder, int):
        raise invalid("Folder id is missing")
    if store.get("brevo", "folder", folder) is None:
        raise invalid("Folder ID does not exist")  # the published client knows no 404 here
    number = store.next_id("brevo", "list")
    new = {"id": number, "name": name, "folderId": folder, "createdAt": timestamp()}
    store.put("brevo", "list", number, new)
    return answer(201, {"id": number})


@router.get("/contacts/lists/{number}")
async def get_list(request: Request, number: int) -> Response:
    store, _ = await opened(request)
    return answer(200, _view(store, _found(store, number)))


def _found(store: Store, number: int) -> Body:
    found = store.get("brevo", "list", number)
    if found is None:
        raise missing("List ID")
    return found


@router.put("/contacts/lists/{number}")
async def update_list(request: Request, number: int) -> Response:
    store, body = await opened(request)
    found = _found(store, number)
    changes = {key: body[key] for key in ("name", "folderId") if key in body}
    store.put("brevo", "list", number, found | changes)
    return answer(204)


@router.delete("/contacts/lists/{number}")
async def delete_list(request: Request, number: int) -> Response:
    store, _ = await opened(request)
    _found(store, number)
    store.delete("brevo", "list", number)
    for contact in store.all("brevo", "contact"):
        if number in contact["listIds"]:
            kept = [item for item in contact["listIds"] if item != number]
            store.put("brevo", "contact", contact["email"], contact | {"listIds": kept})
    return answer(204)


@router.get("/contacts/folders")
async def get_folders(request: Request) -> Response:
    store, _ = await opened(request)
    every = [_folder(store, item) for item in store.all("brevo", "folder")]
    folders = _page(request, every, limit=10, most=50)
    return answer(200, {"folders": folders, "count": len(every)})


def _folder(store: Store, found: Body) -> Body:
    lists = [item for item in store.all("brevo", "list") if item["folderId"] == found["id"]]
    total = sum(_view(store, item)["totalSubscribers"] for item in lists)
    return {**found, "uniqueSubscribers": total, "totalSubscribers": total, "totalBlacklisted": 0}


@router.post("/contacts/folders")
async def create_folder(request: Request) -> Response:
    store, body = await opened(request)
    if not body.get("name"):
        raise invalid("Folder name is missing")
    number = store.next_id("brevo", "folder")
    store.put("brevo", "folder", number, {"id": number, "name": body["name"]})
    return answer(201, {"id": number})


@router.get("/contacts/folders/{number}")
async def get_folder(request: Request, number: int) -> Response:
    store, _ = await opened(request)
    found = store.get("brevo", "folder", number)
    if found is None:
        raise missing("Folder ID")
    return answer(200, _folder(store, found))


@router.get("/contacts/folders/{number}/lists")
async def get_folder_lists(request: Request, number: int) -> Response:
    store, _ = await opened(request)
    if store.get("brevo", "folder", number) is None:
        raise missing("Folder ID")
    return _lists(request, store, number)


@router.post("/contacts/lists/{number}/contacts/{verb}")
async def change_members(request: Request, number: int, verb: str) -> Response:
    """`add` or `remove`, by addresses; what could not be changed is told as failure."""
    store, body = await opened(request)
    _found(store, number)
    done, failed = [], []
    for email in body.get("emails") or []:
        contact = store.get("brevo", "contact", email.lower())
        inside = contact is not None and number in contact["listIds"]
        if contact is None or inside == (verb == "add"):
            failed.append(email)
            continue
        lists = [item for item in contact["listIds"] if item != number]
        lists += [number] if verb == "add" else []
        store.put("brevo", "contact", contact["email"], contact | {"listIds": lists})
        done.append(email)
    if failed and not done:
        done_before = "in" if verb == "add" else "removed from"
        raise invalid(f"Contact already {done_before} list and/or does not exist")
    return answer(201, {"contacts": {"success": done, "failure": failed, "total": len(done)}})
