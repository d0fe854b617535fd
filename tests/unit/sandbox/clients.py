"""Plain HTTP clients for the stand-ins."""

from typing import Any

import httpx

from sandbox import seed
from tests.sandbox_server import SandboxServer

ORG = f"/orgs/{seed.GITHUB_ORG}"
REPOS = f"/repos/{seed.GITHUB_ORG}"
TEMPLATE = f"{REPOS}/{seed.GITHUB_TEMPLATE}"
TLS = httpx.create_ssl_context(trust_env=False)
"""Made once: each client would read the certificates anew, for plain HTTP too."""


def slack(server: SandboxServer, token: str = seed.SLACK_BOT_TOKEN) -> httpx.Client:
    """With the token that has all scopes."""
    return _client(f"{server.url}/slack/api/", _bearer(token))


def github(server: SandboxServer, token: str = seed.GITHUB_TOKEN) -> httpx.Client:
    """With the token that a fresh sandbox knows."""
    return _client(f"{server.url}/github", _bearer(token))


def brevo(server: SandboxServer) -> httpx.Client:
    """With the key of the account."""
    return _client(f"{server.url}/brevo/v3", {"api-key": seed.BREVO_API_KEY})


def grants(server: SandboxServer, token: str = seed.GRANTS_TOKEN) -> httpx.Client:
    """With the token that a fresh sandbox knows."""
    return _client(f"{server.url}/grants/common-grants", _bearer(token))


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _client(url: str, headers: dict[str, str]) -> httpx.Client:
    return httpx.Client(base_url=url, headers=headers, trust_env=False, verify=TLS)


def made(response: httpx.Response) -> dict[str, Any]:
    """The object that was made or changed; fails the test if it was not."""
    assert response.is_success, response.text
    body: dict[str, Any] = response.json()
    return body
