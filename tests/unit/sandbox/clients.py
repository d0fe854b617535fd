"""Plain HTTP clients for the stand-ins."""

from typing import Any

import httpx

from sandbox import seed
from tests.sandbox_server import SandboxServer

ORG = f"/orgs/{seed.GITHUB_ORG}"
REPOS = f"/repos/{seed.GITHUB_ORG}"
TEMPLATE = f"{REPOS}/{seed.GITHUB_TEMPLATE}"


def slack(server: SandboxServer, token: str = seed.SLACK_BOT_TOKEN) -> httpx.Client:
    """With the token that has all scopes."""
    return _client(f"{server.url}/slack/api/", token)


def github(server: SandboxServer, token: str = seed.GITHUB_TOKEN) -> httpx.Client:
    """With the token that a fresh sandbox knows."""
    return _client(f"{server.url}/github", token)


def grants(server: SandboxServer, token: str = seed.GRANTS_TOKEN) -> httpx.Client:
    """With the token that a fresh sandbox knows."""
    return _client(f"{server.url}/grants/common-grants", token)


def _client(url: str, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=url, headers=headers, trust_env=False)


def made(response: httpx.Response) -> dict[str, Any]:
    """The object that was made or changed; fails the test if it was not."""
    assert response.is_success, response.text
    body: dict[str, Any] = response.json()
    return body
