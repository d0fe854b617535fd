"""What the credential lacks is told before anything is tried with it."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from systems.connector import Connector, Status
from systems.github.system import build
from tests.unit.systems.github.conftest import Hub, repository

ORG = {"id": 1, "login": "org"}
TEMPLATE = repository(name="template", is_template=True)
PERMISSIONS = {"administration": "write", "contents": "read", "members": "write"}


@pytest.fixture(scope="module")
def key() -> str:
    made = generate_private_key(public_exponent=65_537, key_size=2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


async def checked(hub: Hub, **variables: str) -> Status:
    given = {"GITHUB_ORG": "org", "GITHUB_BASE_URL": hub.script.url, "GITHUB_TEMPLATE": "template"}
    connector = build(given | variables)
    assert isinstance(connector, Connector)
    return await connector.check()


async def of_app(hub: Hub, key: str, permissions: Any) -> Status:
    token = {"token": "ghs_1", "expires_at": "2100-01-01T00:00:00Z", "permissions": permissions}
    hub.says(token, 201).says(ORG).says(TEMPLATE)
    app = {"GITHUB_APP_ID": "4711", "GITHUB_INSTALLATION_ID": "815", "GITHUB_PRIVATE_KEY": key}
    return await checked(hub, **app)


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        ({}, ""),
        ({"contents": "write"}, ""),
        ({"members": "read"}, "members: write"),
        ({"members": None, "contents": None}, "contents: read, members: write"),
    ],
)
async def test_permissions_that_an_app_lacks_are_named(
    hub: Hub, key: str, change: dict[str, str | None], lacks: str
) -> None:
    given = {**PERMISSIONS, "metadata": "read", **change}
    status = await of_app(hub, key, {name: level for name, level in given.items() if level})
    assert status.ok is not bool(lacks)
    if lacks:
        assert status.detail.startswith(f"GitHub's credential lacks {lacks}. Grant it ")
    else:
        assert status.detail == (
            "GitHub accepts the credential and shows org and org/template; no right is missing."
        )
    assert [asked.method for asked in hub.script.asked] == ["POST", "GET", "GET"][: 3 - bool(lacks)]


async def test_an_app_is_taken_at_its_word_when_its_token_tells_no_permissions(
    hub: Hub, key: str
) -> None:
    status = await of_app(hub, key, None)
    assert status.detail == "GitHub accepts the credential and shows org and org/template."


@pytest.mark.parametrize(
    ("scopes", "lacks"),
    [
        ("repo, admin:org", ""),
        ("repo, write:org, read:user", ""),
        ("repo, read:org", "admin:org"),
        ("", "repo, admin:org"),
    ],
)
async def test_scopes_that_a_classic_token_lacks_are_named(
    hub: Hub, scopes: str, lacks: str
) -> None:
    hub.says(ORG, headers={"X-OAuth-Scopes": scopes}).says(TEMPLATE)
    status = await checked(hub, GITHUB_TOKEN="ghp_secret")
    assert status.ok is not bool(lacks)
    assert ("no right is missing" in status.detail) is status.ok
    assert f"lacks {lacks}." in status.detail or not lacks


async def test_a_token_is_taken_at_its_word_when_github_names_no_scopes(hub: Hub) -> None:
    hub.says(ORG).says(TEMPLATE)
    status = await checked(hub, GITHUB_TOKEN="ghp_secret")
    assert (status.ok, "missing" in status.detail) == (True, False)


async def test_a_template_that_is_none_is_told(hub: Hub) -> None:
    hub.says(ORG).says(repository(name="template", is_template=False))
    status = await checked(hub, GITHUB_TOKEN="ghp_secret")
    assert not status.ok
    assert status.detail.startswith("GitHub shows no template repository org/template.")
