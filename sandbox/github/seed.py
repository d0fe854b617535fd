"""An organisation with a template repository, two people, and an App with a key of its own."""

from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.seed import GITHUB_ORG, GITHUB_TEMPLATE, GITHUB_TOKEN
from sandbox.store import Body, Store

ORG_ID = 9001
STARTED = "2026-01-05T09:00:00Z"
MEMBER, STRANGER = "octo-dana", "octo-guest"
"""Logins of somebody in the organisation, and of somebody who has an account only."""

MEMBER_EMAIL, STRANGER_EMAIL = "octo-dana@example.org", "octo-guest@example.org"
PROPERTY = "agentos_company"


def seed(store: Store) -> None:
    """Leaves alone what is there."""
    for kind, key, body in (
        ("token", GITHUB_TOKEN, {"id": GITHUB_TOKEN, "expires_at": None}),
        ("org", GITHUB_ORG, {"_id": GITHUB_ORG, "id": ORG_ID, "login": GITHUB_ORG}),
        ("user", MEMBER, _user(71, MEMBER, MEMBER_EMAIL, member=True)),
        ("user", STRANGER, _user(72, STRANGER, STRANGER_EMAIL, member=False)),
        ("property", PROPERTY, _property()),
    ):
        if store.get("github", kind, key) is None:
            store.put("github", kind, key, body)
    if store.get("github", "app", "key") is None:
        store.put("github", "app", "key", {"id": "key", "pem": _new_key()})
    if GITHUB_TEMPLATE not in {repo["name"] for repo in store.all("github", "repository")}:
        number = store.next_id("github", "repository")
        store.put("github", "repository", number, _template(number))


def _user(number: int, login: str, email: str, *, member: bool) -> Body:
    return {"_id": login, "id": number, "login": login, "email": email, "member": member}


def _property() -> Body:
    about = "The company that the repository belongs to"
    return {"id": PROPERTY, "value_type": "string", "description": about}


def _template(number: int) -> Body:
    return {
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
        "updated_at": STARTED,
        "pushed_at": STARTED,
        "reads_until_ready": 0,
        "empty": False,
    }


@cache
def _new_key() -> str:
    """One for the life of the process: a reset need not wait for another."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()
