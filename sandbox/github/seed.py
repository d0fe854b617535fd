"""An organisation with a template repository, one member, and an App with a fresh key."""

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.seed import GITHUB_ORG, GITHUB_TEMPLATE, GITHUB_TOKEN
from sandbox.store import Store

ORG_ID = 9001
STARTED = "2026-01-05T09:00:00Z"


def seed(store: Store) -> None:
    """Leaves alone what is there."""
    store.put("github", "token", GITHUB_TOKEN, {"id": GITHUB_TOKEN, "expires_at": None})
    if store.get("github", "org", GITHUB_ORG) is None:
        store.put("github", "org", GITHUB_ORG, {"id": ORG_ID, "login": GITHUB_ORG})
    if store.get("github", "user", "octo-dana") is None:
        for number, login in enumerate(("octo-dana", "octo-guest"), start=71):
            member = login == "octo-dana"
            store.put("github", "user", login, {"id": number, "login": login, "member": member})
    if store.get("github", "app", "key") is None:
        store.put("github", "app", "key", {"id": "key", "pem": _new_key()})
    names = {repo["name"] for repo in store.all("github", "repository")}
    if GITHUB_TEMPLATE not in names:
        number = store.next_id("github", "repository")
        store.put(
            "github",
            "repository",
            number,
            {
                "id": number,
                "name": GITHUB_TEMPLATE,
                "former_names": [],
                "description": "What a partner's repository starts from",
                "private": True,
                "archived": False,
                "is_template": True,
                "template": None,
                "topics": [],
                "properties": {},
                "created_at": STARTED,
                "pushed_at": STARTED,
                "reads_until_ready": 0,
                "empty": False,
            },
        )


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
