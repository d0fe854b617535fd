"""A programme with an open and a closed competition, and organisations from a registry."""

from sandbox.seed import GRANTS_CLOSED_COMPETITION_ID, GRANTS_COMPETITION_ID, GRANTS_FORM_ID
from sandbox.store import Store

OPPORTUNITY_ID = "3f0b9d5a-9a43-4a38-8c1e-1b7f5f6a7c01"
OPENED = "2026-01-05T09:00:00Z"
FORM = {
    "id": GRANTS_FORM_ID,
    "name": "Partner profile",
    "version": "1",
    "createdAt": OPENED,
    "lastModifiedAt": OPENED,
}
_ORGS = (
    ("1b0c7a34-5f0a-4a9e-9c07-2f7d1f3c8a01", "Initech", "org:us:ein", "12-3456789"),
    ("1b0c7a34-5f0a-4a9e-9c07-2f7d1f3c8a02", "Hooli", "org:us:uei", "HL1M2N3P4Q5R"),
    ("1b0c7a34-5f0a-4a9e-9c07-2f7d1f3c8a03", "Globex East", "org:us:ein", "98-7654321"),
    ("1b0c7a34-5f0a-4a9e-9c07-2f7d1f3c8a04", "Globex West", "org:us:ein", "98-7654321"),
)


def seed(store: Store) -> None:
    """Leaves alone what is there."""
    for number, status in (
        (GRANTS_COMPETITION_ID, "open"),
        (GRANTS_CLOSED_COMPETITION_ID, "closed"),
    ):
        competition = {
            "id": number,
            "opportunityId": OPPORTUNITY_ID,
            "title": f"Partner programme ({status})",
            "status": {"value": status},
            "forms": {"forms": {GRANTS_FORM_ID: FORM}},
            "createdAt": OPENED,
            "lastModifiedAt": OPENED,
        }
        if store.get("grants", "competition", number) is None:
            store.put("grants", "competition", number, competition)
    for number, name, registry, identifier in _ORGS:
        if store.get("grants", "organization", number) is None:
            identifiers = {registry: {"registry": {"code": registry}, "id": identifier}}
            org = {"id": number, "name": name, "identifiers": identifiers}
            store.put("grants", "organization", number, org)
