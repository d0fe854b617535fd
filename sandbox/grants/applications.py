"""Applications: started, filled in form by form, submitted.

`start` makes one more application each time it is called: the protocol has no idempotency key.
Nothing withdraws or deletes one, and none tells whose it is: the protocol has no field for it.
"""

import uuid

from fastapi import Response

from sandbox.grants.answers import (
    Asked,
    Call,
    GrantsError,
    identity,
    invalid,
    new_router,
    now,
    success,
)
from sandbox.store import Body

router = new_router()


@router.post("/applications/start")
async def start(call: Asked) -> Response:
    """A competition that is not open is 422, as in HHS/simpler-grants-gov."""
    body = await call.body()
    title = body.get("title")
    if not isinstance(title, str) or not title:
        raise invalid("title", "title is required")
    competition = call.found("competition", identity(body.get("competitionId"), "competitionId"))
    if competition["status"]["value"] != "open":
        raise invalid("competitionId", "Competition is not open for application")
    if body.get("organizationId") is not None:
        call.found("organization", identity(body["organizationId"], "organizationId"))
    new: Body = {
        "id": str(uuid.uuid4()),
        "title": title,
        "competitionId": competition["id"],
        "opportunityId": competition["opportunityId"],
        "formResponses": {},
        "status": {"value": "inProgress", "description": "The application is in progress."},
        "submittedAt": None,
        "validationErrors": [],
        "createdAt": now(),
        "lastModifiedAt": now(),
    }
    call.store.put("grants", "application", new["id"], new)
    return success(new, 201)


@router.get("/applications/{id}")
async def get_application(call: Asked, id: str) -> Response:
    return success(call.found("application", id))


@router.put("/applications/{id}/submit")
async def submit(call: Asked, id: str) -> Response:
    """A legal act of the company; here so that tests can prove that nobody does it for them.

    Refused with 400 while a form is missing or has errors (the description's own error).
    """
    found = _open(call, id)
    problems = [
        {"field": f"{form}.{error['field']}".rstrip("."), "message": error["message"]}
        for form in _forms(call, found)
        for error in _problems(found["formResponses"].get(form))
    ]
    if problems:
        message = "Application submission failed due to validation errors"
        raise GrantsError(400, message, problems)
    status = {"value": "submitted", "description": "The application has been submitted."}
    found |= {"status": status, "submittedAt": now(), "lastModifiedAt": now()}
    call.store.put("grants", "application", id, found)
    return success(found)


@router.put("/applications/{id}/forms/{form_id}")
async def put_form(call: Asked, id: str, form_id: str) -> Response:
    """The body is the whole response. Idempotent: a form has one response, which keeps its id."""
    answers, found = await call.body(), _open(call, id)
    if form_id not in _forms(call, found):
        raise GrantsError(404, "The form was not found")
    required = call.found("form", form_id)["jsonSchema"]["required"]
    missing = [name for name in required if answers.get(name) in (None, "")]
    earlier = found["formResponses"].get(form_id)
    response = {
        "applicationId": id,
        "id": earlier["id"] if earlier else str(uuid.uuid4()),
        "formId": form_id,
        "response": answers,
        "status": {"value": "inProgress" if missing else "complete"},
        "validationErrors": [{"field": one, "message": f"{one} is required"} for one in missing],
        "createdAt": earlier["createdAt"] if earlier else now(),
        "lastModifiedAt": now(),
    }
    found["formResponses"][form_id] = response
    errors = [error for one in found["formResponses"].values() for error in one["validationErrors"]]
    found |= {"validationErrors": errors, "lastModifiedAt": now()}
    call.store.put("grants", "application", id, found)
    return success(response)


@router.get("/applications/{id}/forms/{form_id}")
async def get_form(call: Asked, id: str, form_id: str) -> Response:
    found = call.found("application", id)
    if form_id not in found["formResponses"]:
        raise GrantsError(404, "The form has no response yet")
    return success(found["formResponses"][form_id])


def _open(call: Call, id: str) -> Body:
    found = call.found("application", id)
    if found["status"]["value"] != "inProgress":
        raise GrantsError(400, "The application was submitted already")
    return found


def _forms(call: Call, application: Body) -> list[str]:
    return list(call.found("competition", application["competitionId"])["forms"]["forms"])


def _problems(response: Body | None) -> list[Body]:
    if response is None:
        return [{"field": "", "message": "The form is not filled in"}]
    errors: list[Body] = response["validationErrors"]
    return errors
