"""Contacts by address, external id or number; double opt-in; attributes."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sandbox.brevo.answers import BrevoError, answer, invalid, missing, opened, timestamp
from sandbox.store import Body, Store

router = APIRouter()


def _find(store: Store, identifier: str, kind: str | None) -> Body:
    for contact in store.all("brevo", "contact"):
        matches = {
            "email_id": contact["email"] == identifier.lower(),
            "ext_id": contact["extId"] == identifier,
            "contact_id": str(contact["id"]) == identifier,
        }
        if matches[kind] if kind in matches else any(matches.values()):
            return contact
    raise missing("Contact")


def _attributes(store: Store, wanted: Any) -> Body:
    """Attributes that the account does not have are dropped without a word, as Brevo does."""
    known = {item["name"] for item in store.all("brevo", "attribute")}
    return {k: v for k, v in (wanted or {}).items() if k in known}


def _lists(store: Store, wanted: Any) -> list[int]:
    lists = list(wanted or [])
    if any(store.get("brevo", "list", number) is None for number in lists):
        raise invalid("List ID does not exist")
    return lists


def _new(store: Store, email: str, ext_id: str | None = None) -> Body:
    return {
        "id": store.next_id("brevo", "contact"),
        "email": email,
        "extId": ext_id,
        "emailBlacklisted": False,
        "smsBlacklisted": False,
        "whatsappBlacklisted": False,
        "createdAt": timestamp(),
        "modifiedAt": timestamp(),
        "listIds": [],
        "listUnsubscribed": [],
        "attributes": {},
    }


def _view(contact: Body) -> Body:
    shown = {key: value for key, value in contact.items() if key != "extId"}
    attributes = dict(contact["attributes"])
    if contact["extId"]:
        attributes["EXT_ID"] = contact["extId"]
    return shown | {"attributes": attributes, "statistics": {}}


@router.post("/contacts")
async def create_contact(request: Request) -> Response:
    store, body = await opened(request)
    email = str(body.get("email") or "").lower()
    if "@" not in email:
        raise invalid("email is not valid")
    lists, attributes = (
        _lists(store, body.get("listIds")),
        _attributes(store, body.get("attributes")),
    )
    contact = store.get("brevo", "contact", email)
    if contact is not None and not body.get("updateEnabled"):
        raise BrevoError(
            400,
            "duplicate_parameter",
            "Unable to create contact, email is already associated with another Contact",
        )
    new = contact is None
    contact = contact or _new(store, email, body.get("extId"))
    contact["listIds"] = sorted({*contact["listIds"], *lists})
    contact["attributes"] |= attributes
    store.put("brevo", "contact", email, contact)
    return answer(201, {"id": contact["id"]}) if new else answer(204)


@router.post("/contacts/doubleOptinConfirmation")
async def create_doi_contact(request: Request) -> Response:
    """Sends a mail each time it is called; the list is joined with the click, not before."""
    store, body = await opened(request)
    email = str(body.get("email") or "").lower()
    if "@" not in email:
        raise invalid("email is not valid")
    for field in ("includeListIds", "templateId", "redirectionUrl"):
        if not body.get(field):
            raise BrevoError(400, "missing_parameter", f"{field} is missing")
    lists = _lists(store, body["includeListIds"])
    contact = store.get("brevo", "contact", email)
    if contact is None:
        contact = _new(store, email)
        contact["attributes"] = _attributes(store, body.get("attributes"))
        store.put("brevo", "contact", email, contact)
    number = store.next_id("brevo", "mail")
    mail = {"id": number, "email": email, "listIds": lists, "confirmed": False}
    store.put("brevo", "mail", number, mail)
    return answer(201)


@router.get("/contacts/attributes")
async def get_attributes(request: Request) -> Response:
    store, _ = await opened(request)
    shown = [
        {key: item[key] for key in ("name", "category", "type")}
        for item in store.all("brevo", "attribute")
    ]
    return answer(200, {"attributes": shown})


@router.post("/contacts/attributes/{category}/{name}")
async def create_attribute(request: Request, category: str, name: str) -> Response:
    store, body = await opened(request)
    if store.get("brevo", "attribute", name):
        raise invalid("Attribute name must be unique")
    attribute = {"id": name, "name": name, "category": category, "type": body.get("type", "text")}
    store.put("brevo", "attribute", name, attribute)
    return answer(201)


@router.get("/contacts/{identifier}")
async def get_contact(request: Request, identifier: str) -> Response:
    store, _ = await opened(request)
    return answer(200, _view(_find(store, identifier, request.query_params.get("identifierType"))))


@router.put("/contacts/{identifier}")
async def update_contact(request: Request, identifier: str) -> Response:
    store, body = await opened(request)
    contact = _find(store, identifier, request.query_params.get("identifierType"))
    unlinked = set(body.get("unlinkListIds") or [])
    joined = {*contact["listIds"], *_lists(store, body.get("listIds"))} - unlinked
    contact |= {"listIds": sorted(joined), "modifiedAt": timestamp()}
    if "emailBlacklisted" in body:
        contact["emailBlacklisted"] = bool(body["emailBlacklisted"])
    contact["attributes"] |= _attributes(store, body.get("attributes"))
    store.put("brevo", "contact", contact["email"], contact)
    return answer(204)


@router.delete("/contacts/{identifier}")
async def delete_contact(request: Request, identifier: str) -> Response:
    store, _ = await opened(request)
    contact = _find(store, identifier, request.query_params.get("identifierType"))
    store.delete("brevo", "contact", contact["email"])
    return answer(204)


@router.get("/account")
async def get_account(request: Request) -> Response:
    await opened(request)
    address = {
        "street": "1 Loopback Lane",
        "city": "Berlin",
        "zipCode": "10115",
        "country": "Germany",
    }
    return answer(
        200,
        {
            "organization_id": "sandbox",
            "user_id": 1,
            "enterprise": False,
            "email": "sandbox@example.com",
            "firstName": "Sand",
            "lastName": "Box",
            "companyName": "Sandbox",
            "address": address,
            "plan": [{"type": "free", "credits": 300, "creditsType": "sendLimit"}],
            "relay": {"enabled": False, "data": {"userName": "", "relay": "", "port": 587}},
        },
    )
