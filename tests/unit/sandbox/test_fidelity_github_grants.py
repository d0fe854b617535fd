"""Each answer of the stand-ins of GitHub and CommonGrants fits the published description."""

from collections.abc import Iterator

import httpx
import pytest

from sandbox import seed
from tests.sandbox_server import SandboxServer
from tests.unit.sandbox import clients, published
from tests.unit.sandbox.clients import ORG, REPOS, TEMPLATE, made

TEAM = f"{ORG}/teams/acme"
REPO = f"{REPOS}/acme"
GRANT = f"{TEAM}{REPO}"
VALUES = [{"property_name": "agentos_company", "value": "co_1"}]
WITH_PERMISSIONS = {"Accept": "application/vnd.github.v3.repository+json"}
OPEN = f"/competitions/{seed.GRANTS_COMPETITION_ID}"
FILTERS = '{"competitionId":{"operator":"in","value":["x"]}}'


@pytest.fixture(scope="module")
def github_description() -> published.Description:
    return published.github()


@pytest.fixture(scope="module")
def grants_description() -> published.Description:
    return published.grants()


@pytest.fixture
def hub(sandbox: SandboxServer) -> Iterator[httpx.Client]:
    """GitHub with a team, a repository, the grant, an invitation, and a person in the team."""
    with clients.github(sandbox) as api:
        team = made(api.post(f"{ORG}/teams", json={"name": "acme", "description": "Acme"}))
        made(api.post(f"{ORG}/repos", json={"name": "acme", "private": True, "auto_init": True}))
        made(api.post(f"{TEMPLATE}/generate", json={"name": "copy", "private": True}))
        api.put(GRANT, json={"permission": "push"}).raise_for_status()
        body = {"email": "ann@example.com", "team_ids": [team["id"]]}
        made(api.post(f"{ORG}/invitations", json=body))
        made(api.put(f"{TEAM}/memberships/octo-dana", json={"role": "member"}))
        api.patch(f"{REPO}/properties/values", json={"properties": VALUES}).raise_for_status()
        yield api


def fit(description: published.Description, answer: httpx.Response, prefix: str) -> None:
    path = answer.request.url.path.removeprefix(prefix)
    body = answer.json() if answer.content else None
    method, status = answer.request.method, answer.status_code
    assert description.problems(method, path, status, body) == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (ORG, 200),
        ("/orgs/nobody", 404),
        (f"{ORG}/teams", 200),
        (TEAM, 200),
        (f"{ORG}/teams/none", 404),
        (f"{TEAM}/repos", 200),
        (GRANT, 204),
        (f"{TEAM}/invitations", 200),
        (f"{TEAM}/memberships/octo-dana", 200),
        (f"{TEAM}/members", 200),
        (f"{ORG}/repos", 200),
        (REPO, 200),
        (f"{REPOS}/copy", 200),
        (f"{REPOS}/none", 404),
        (f"{REPO}/branches/main", 200),
        (f"{REPO}/branches/none", 404),
        (f"{REPO}/topics", 200),
        (f"{REPO}/properties/values", 200),
        (f"{REPO}/teams", 200),
        (f"{ORG}/properties/schema", 200),
        (f"{ORG}/invitations", 200),
        (f"{ORG}/failed_invitations", 200),
        (f"{ORG}/memberships/octo-dana", 200),
        (f"{ORG}/memberships/octo-guest", 404),
        ("/rate_limit", 200),
    ],
)
def test_a_read_of_github_is_as_described(
    hub: httpx.Client, github_description: published.Description, path: str, status: int
) -> None:
    answer = hub.get(path)
    assert answer.status_code == status
    fit(github_description, answer, "/github")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", f"{ORG}/teams", {"name": "beta"}, 201),
        ("POST", f"{ORG}/teams", {"name": "acme"}, 422),
        ("POST", f"{ORG}/teams", {}, 422),
        ("PATCH", TEAM, {"description": "new"}, 200),
        ("DELETE", TEAM, None, 204),
        ("PUT", GRANT, {"permission": "admin"}, 204),
        ("DELETE", GRANT, None, 204),
        ("PUT", f"{TEAM}/memberships/octo-guest", {}, 200),
        ("DELETE", f"{TEAM}/memberships/octo-dana", None, 204),
        ("POST", f"{ORG}/repos", {"name": "beta"}, 201),
        ("POST", f"{ORG}/repos", {"name": "acme"}, 422),
        ("POST", f"{TEMPLATE}/generate", {"name": "beta"}, 201),
        ("PATCH", REPO, {"description": "new", "archived": True}, 200),
        ("PATCH", REPO, {"name": "copy"}, 422),
        ("DELETE", REPO, None, 204),
        ("PUT", f"{REPO}/topics", {"names": ["a", "b"]}, 200),
        ("PUT", f"{REPO}/topics", {"names": ["not good"]}, 422),
        ("PATCH", f"{REPO}/properties/values", {"properties": VALUES}, 204),
        ("POST", f"{ORG}/invitations", {"email": "bo@example.com"}, 201),
        ("POST", f"{ORG}/invitations", {"email": "octo-dana@example.org"}, 422),
        ("DELETE", f"{ORG}/invitations/1", None, 204),
        ("DELETE", f"{ORG}/invitations/99", None, 404),
    ],
)
def test_a_write_to_github_is_answered_as_described(
    hub: httpx.Client,
    github_description: published.Description,
    method: str,
    path: str,
    body: dict[str, object] | None,
    status: int,
) -> None:
    answer = hub.request(method, path, json=body)
    assert answer.status_code == status
    fit(github_description, answer, "/github")


def test_a_grant_with_its_permission_is_as_described(
    hub: httpx.Client, github_description: published.Description
) -> None:
    fit(github_description, hub.get(GRANT, headers=WITH_PERMISSIONS), "/github")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_redirect_is_as_described(
    hub: httpx.Client, github_description: published.Description, method: str
) -> None:
    made(hub.patch(REPO, json={"name": "moved"}))
    answer = hub.request(method, REPO)
    assert answer.is_redirect
    fit(github_description, answer, "/github")


def test_a_field_of_our_own_is_noticed(github_description: published.Description) -> None:
    body = {"message": "Not Found", "invented": 1}
    assert github_description.misfits("basic-error", body)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (OPEN, 200),
        (f"/competitions/{seed.GRANTS_CLOSED_COMPETITION_ID}", 200),
        ("/competitions/none", 404),
        ("/forms", 200),
        (f"/forms/{seed.GRANTS_FORM_ID}", 200),
        ("/orgs", 200),
        ("/orgs?registry=org:us:ein&id=123456789", 200),
        ("/orgs/1b0c7a34-5f0a-4a9e-9c07-2f7d1f3c8a01", 200),
        ("/orgs/none", 404),
        ("/applications/none", 404),
    ],
)
def test_a_read_of_grants_is_as_described(
    sandbox: SandboxServer, grants_description: published.Description, path: str, status: int
) -> None:
    with clients.grants(sandbox) as api:
        answer = api.get(path)
    assert answer.status_code == status
    fit(grants_description, answer, "/grants/common-grants")


def test_the_life_of_an_application_is_as_described(
    sandbox: SandboxServer, grants_description: published.Description
) -> None:
    start = {"competitionId": seed.GRANTS_COMPETITION_ID, "title": "Acme"}
    query = {"filters": FILTERS, "sorting": '{"sortBy":"createdAt"}'}
    full = {"legalName": "Acme", "contactEmail": "ann@example.com"}
    with clients.grants(sandbox) as api:
        started = api.post("/applications/start", json=start)
        one = f"/applications/{made(started)['data']['id']}"
        form = f"{one}/forms/{seed.GRANTS_FORM_ID}"
        answers = [
            started,
            api.put(f"{one}/submit"),
            api.put(form, json={"legalName": "Acme"}),
            api.get(one),
            api.put(form, json=full),
            api.get(form),
            api.put(f"{one}/submit"),
            api.get(one),
            api.post("/applications/search", params=query),
        ]
    assert [each.status_code for each in answers] == [201, 400, 200, 200, 200, 200, 200, 200, 200]
    for answer in answers:
        fit(grants_description, answer, "/grants/common-grants")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/orgs"), ("POST", "/applications/start"), ("GET", "/applications/none")],
)
def test_a_stranger_to_grants_is_refused_as_described(
    sandbox: SandboxServer, grants_description: published.Description, method: str, path: str
) -> None:
    with clients.grants(sandbox, "wrong") as api:
        answer = api.request(method, path)
    assert answer.status_code == 401
    fit(grants_description, answer, "/grants/common-grants")


@pytest.mark.parametrize(
    "body", [{}, {"title": "Acme", "competitionId": seed.GRANTS_CLOSED_COMPETITION_ID}]
)
def test_an_application_that_is_not_started_is_told_in_the_protocols_form(
    sandbox: SandboxServer, grants_description: published.Description, body: dict[str, str]
) -> None:
    """The description names no status for it, but one form for all that are not 2xx."""
    with clients.grants(sandbox) as api:
        answer = api.post("/applications/start", json=body)
    assert answer.status_code == 422
    assert grants_description.misfits("CommonGrants.Responses.Error", answer.json()) == []


def test_an_identifier_that_is_not_normalised_is_noticed(
    grants_description: published.Description,
) -> None:
    ids = {"org:us:ein": {"id": "12-3456789"}}
    assert grants_description.misfits("CommonGrants.Models.OrgIds", ids)
