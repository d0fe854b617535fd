"""A programme with an open and a closed competition, and organisations from two registries."""

from sandbox.seed import GRANTS_CLOSED_COMPETITION_ID, GRANTS_COMPETITION_ID, GRANTS_FORM_ID
from sandbox.store import Body, Store

OPPORTUNITY_ID = "3f0b9d5a-9a43-4a38-8c1e-1b7f5f6a7c01"
OPENED = "2026-01-05T09:00:00Z"

EIN, UEI, SHARED_EIN = "123456789", "HJ1M2N3P4Q5R", "987654321"
"""As the protocol has them: an EIN is nine digits without a hyphen, a UEI knows no I and no O."""

_REGISTRIES = "https://commongrants.org/registries"
_ORGANIZATIONS = (
    ("1b0c7a34-5f0a-4a9e-9c07-2f7d1f3c8a01", "Initech", {"org:us:ein": EIN}),
    ("1b0c7a34-5f0a-4a9e-9c07-2f7d1f3c8a02", "Hooli", {"org:us:uei": UEI}),
    ("1b0c7a34-5f0a-4a9e-9c07-2f7d1f3c8a03", "Globex East", {"org:us:ein": SHARED_EIN}),
    ("1b0c7a34-5f0a-4a9e-9c07-2f7d1f3c8a04", "Globex West", {"org:us:ein": SHARED_EIN}),
)


def seed(store: Store) -> None:
    """Leaves alone what is there."""
    form = _form()
    for kind, bodies in (
        ("form", [form]),
        (
            "competition",
            [
                _competition(GRANTS_COMPETITION_ID, "open", form),
                _competition(GRANTS_CLOSED_COMPETITION_ID, "closed", form),
            ],
        ),
        ("organization", [_organization(*given) for given in _ORGANIZATIONS]),
    ):
        for body in bodies:
            if store.get("grants", kind, body["id"]) is None:
                store.put("grants", kind, body["id"], body)


def _form() -> Body:
    fields = {"legalName": {"type": "string"}, "contactEmail": {"type": "string"}}
    return {
        "id": GRANTS_FORM_ID,
        "name": "Partner profile",
        "description": "Who applies, and whom to write to",
        "version": "1",
        "jsonSchema": {"type": "object", "properties": fields, "required": list(fields)},
        "createdAt": OPENED,
        "lastModifiedAt": OPENED,
    }


def _competition(number: str, status: str, form: Body) -> Body:
    return {
        "id": number,
        "opportunityId": OPPORTUNITY_ID,
        "title": f"Partner programme ({status})",
        "status": {"value": status, "description": f"The competition is {status}."},
        "forms": {"forms": {form["id"]: form}},
        "createdAt": OPENED,
        "lastModifiedAt": OPENED,
    }


def _organization(number: str, name: str, given: dict[str, str]) -> Body:
    identifiers = {
        code: {
            "registry": {"code": code, "url": f"{_REGISTRIES}/{code.replace(':', '-')}"},
            "id": value,
            "allIds": [{"id": value, "status": "active"}],
        }
        for code, value in given.items()
    }
    return {"id": number, "name": name, "identifiers": identifiers}
