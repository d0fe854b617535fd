"""Who gets into the stand-in of GitHub: people by invitation, the App by its signature."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import jwt
import pytest

from sandbox import seed
from tests.sandbox_server import SandboxServer
from tests.unit.sandbox import clients
from tests.unit.sandbox.clients import ORG, REPOS, TLS, made

ANN = {"email": "Ann@example.com"}
TEAM = f"{ORG}/teams/acme"
TOKENS = f"/app/installations/{seed.GITHUB_INSTALLATION_ID}/access_tokens"


@pytest.fixture
def hub(sandbox: SandboxServer) -> Iterator[httpx.Client]:
    """With one team, whose number is 1."""
    with clients.github(sandbox) as api:
        made(api.post(f"{ORG}/teams", json={"name": "acme"}))
        yield api


def test_an_address_that_is_invited_already_gets_the_same_invitation(hub: httpx.Client) -> None:
    first, again = (hub.post(f"{ORG}/invitations", json=ANN) for _ in range(2))
    lower = hub.post(f"{ORG}/invitations", json={"email": "ann@example.com"})
    assert [one.status_code for one in (first, again, lower)] == [201] * 3
    assert first.json() == again.json() == lower.json()
    assert len(hub.get(f"{ORG}/invitations").json()) == 1


def test_who_is_in_already_cannot_be_invited(hub: httpx.Client) -> None:
    refused = hub.post(f"{ORG}/invitations", json={"email": "Octo-Dana@example.org"})
    assert refused.status_code == 422
    assert "already a part of this organization" in refused.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "body", [{}, {"email": "nobody"}, ANN | {"role": "king"}, ANN | {"team_ids": [99]}]
)
def test_an_invitation_that_makes_no_sense_is_refused(
    hub: httpx.Client, body: dict[str, object]
) -> None:
    assert hub.post(f"{ORG}/invitations", json=body).status_code == 422
    assert hub.get(f"{ORG}/invitations").json() == []


def test_who_accepts_is_in_the_organisation_and_in_the_teams(
    hub: httpx.Client, sandbox: SandboxServer
) -> None:
    number = made(hub.post(f"{ORG}/invitations", json=ANN | {"team_ids": [1]}))["id"]
    assert [one["id"] for one in hub.get(f"{TEAM}/invitations").json()] == [number]
    assert hub.get(f"{TEAM}/members").json() == []
    sandbox.control(f"github/invitations/{number}/accept", {"login": "ann"})
    assert hub.get(f"{ORG}/invitations").json() == []
    assert [one["login"] for one in hub.get(f"{TEAM}/members").json()] == ["ann"]
    assert made(hub.get(f"{ORG}/memberships/ann"))["state"] == "active"
    assert hub.get(f"{ORG}/members/ann").status_code == 204


def test_an_invitation_that_ran_out_is_among_the_failed(
    hub: httpx.Client, sandbox: SandboxServer
) -> None:
    number = made(hub.post(f"{ORG}/invitations", json=ANN))["id"]
    sandbox.control(f"github/invitations/{number}/expire", {})
    assert hub.get(f"{ORG}/invitations").json() == []
    (failed,) = hub.get(f"{ORG}/failed_invitations").json()
    assert (failed["id"], "expired" in failed["failed_reason"]) == (number, True)
    assert made(hub.post(f"{ORG}/invitations", json=ANN))["id"] != number


def test_an_invitation_is_taken_back_as_often_as_one_likes(hub: httpx.Client) -> None:
    number = made(hub.post(f"{ORG}/invitations", json=ANN))["id"]
    codes = [hub.delete(f"{ORG}/invitations/{number}").status_code for _ in range(2)]
    assert codes == [204, 204]
    assert hub.delete(f"{ORG}/invitations/99").status_code == 404
    assert hub.get(f"{ORG}/failed_invitations").json() == []


def test_a_known_person_whose_address_is_invited_has_a_pending_membership(
    hub: httpx.Client,
) -> None:
    assert hub.get(f"{ORG}/memberships/octo-guest").status_code == 404
    invited = made(hub.post(f"{ORG}/invitations", json={"email": "octo-guest@example.org"}))
    assert invited["login"] is None
    assert made(hub.get(f"{ORG}/memberships/octo-guest"))["state"] == "pending"
    assert hub.get(f"{ORG}/members/octo-guest").status_code == 404


@pytest.mark.parametrize(("login", "state"), [("octo-dana", "active"), ("octo-guest", "pending")])
def test_who_is_put_into_a_team_is_in_it_or_asked(
    hub: httpx.Client, login: str, state: str
) -> None:
    place = f"{TEAM}/memberships/{login}"
    first, again = (made(hub.put(place, json={"role": "member"})) for _ in range(2))
    assert first == again
    assert (first["state"], made(hub.get(place))["state"]) == (state, state)
    assert hub.delete(place).status_code == 204
    assert hub.get(place).status_code == 404


def test_nobody_who_has_no_account_is_put_into_a_team(hub: httpx.Client) -> None:
    assert hub.put(f"{TEAM}/memberships/nobody", json={}).status_code == 404


def test_an_outside_collaborator_is_invited_and_a_member_is_in_at_once(hub: httpx.Client) -> None:
    made(hub.post(f"{ORG}/repos", json={"name": "acme"}))
    people = f"{REPOS}/acme/collaborators"
    invited = hub.put(f"{people}/octo-guest", json={"permission": "push"})
    assert (invited.status_code, invited.json()["permissions"]) == (201, "write")
    assert hub.put(f"{people}/octo-dana", json={}).status_code == 204
    assert hub.get(f"{people}/octo-guest").status_code == 404
    assert len(hub.get(f"{REPOS}/acme/invitations").json()) == 1
    assert hub.delete(f"{people}/octo-guest").status_code == 204
    assert hub.get(f"{REPOS}/acme/invitations").json() == []


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}])
def test_a_stranger_is_let_in_nowhere(hub: httpx.Client, header: dict[str, str]) -> None:
    del hub.headers["Authorization"]
    answer = hub.get(ORG, headers=header)
    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")


def signed(server: SandboxServer, minutes: float, issuer: str = seed.GITHUB_APP_ID) -> str:
    """The App's proof of itself, good for so many minutes."""
    pem = httpx.get(f"{server.url}/_sandbox/github/app.pem", trust_env=False, verify=TLS).text
    now = datetime.now(UTC)
    claims = {"iss": issuer, "iat": now, "exp": now + timedelta(minutes=minutes)}
    return jwt.encode(claims, pem, algorithm="RS256")


def test_the_app_gets_a_token_for_an_hour_and_uses_it(sandbox: SandboxServer) -> None:
    with clients.github(sandbox, signed(sandbox, 9)) as app:
        assert made(app.get("/app"))["id"] == int(seed.GITHUB_APP_ID)
        token = made(app.post(TOKENS))
    until = datetime.fromisoformat(token["expires_at"])
    assert until > datetime.now(UTC) + timedelta(minutes=50)
    assert token["permissions"]["members"] == "write"
    with clients.github(sandbox, token["token"]) as installed:
        assert made(installed.get(ORG))["login"] == seed.GITHUB_ORG


@pytest.mark.parametrize(
    ("minutes", "issuer", "status"),
    [(-1, seed.GITHUB_APP_ID, 401), (30, seed.GITHUB_APP_ID, 401), (9, "1", 404)],
)
def test_a_proof_that_is_stale_or_too_long_or_somebodys_else_is_refused(
    sandbox: SandboxServer, minutes: int, issuer: str, status: int
) -> None:
    with clients.github(sandbox, signed(sandbox, minutes, issuer)) as app:
        assert app.post(TOKENS).status_code == status


def test_a_proof_by_another_key_is_refused(sandbox: SandboxServer) -> None:
    until = datetime.now(UTC) + timedelta(minutes=9)
    claims = {"iss": seed.GITHUB_APP_ID, "exp": until}
    forged = jwt.encode(claims, "not the key of the App, but as long", algorithm="HS256")
    with clients.github(sandbox, forged) as app:
        answer = app.post(TOKENS)
    assert answer.status_code == 401
    assert answer.json()["message"] == "A JSON web token could not be decoded"


def test_an_installation_that_does_not_exist_has_no_token(sandbox: SandboxServer) -> None:
    with clients.github(sandbox, signed(sandbox, 9)) as app:
        assert app.post("/app/installations/1/access_tokens").status_code == 404
