"""A fresh Brevo account: one folder, the attributes that the connector writes."""

from sandbox.seed import BREVO_FOLDER_ID
from sandbox.store import Store


def seed(store: Store) -> None:
    """Leaves alone what is there."""
    if store.get("brevo", "folder", BREVO_FOLDER_ID) is None:
        while store.next_id("brevo", "folder") < BREVO_FOLDER_ID:
            continue
        store.put("brevo", "folder", BREVO_FOLDER_ID, {"id": BREVO_FOLDER_ID, "name": "Partners"})
    for name in ("FIRSTNAME", "LASTNAME", "COMPANY", "AGENTOS_COMPANY_ID"):
        attribute = {"id": name, "name": name, "category": "normal", "type": "text"}
        store.put("brevo", "attribute", name, attribute)
