"""How the stand-in of GitHub behaves: slugs, redirects, templates, and what it tells beside."""

from collections.abc import Iterator

import httpx
import pytest

from sandbox.github.repositories import READS_UNTIL_READY
from tests.sandbox_server import SandboxServer
from tests.unit.sandbox import clients
from tests.unit.sandbox.clients import ORG, REPOS, TEMPLATE, made

TEAM, REPO = f"{ORG}/teams/acme", f"{REPOS}/acme"


@pytest.fixture
def hub(sandbox: SandboxServer) -> Iterator[httpx.Client]:
    with clients.github(sandbox) as api:
        yield api


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("My TEam Näme", "my-team-name"),
        ("partner-acme-corp", "partner-acme-corp"),
        ("C++ Labs", "c-labs"),
        ("a_b", "a_b"),
        ("  -x-  ", "x"),
    ],
)
def test_a_slug_is_made_from_the_name(hub: httpx.Client, name: str, slug: str) -> None:
    team = made(hub.post(f"{ORG}/teams", json={"name": name}))
    assert (team["name"], team["slug"]) == (name, slug)
    assert made(hub.get(f"{ORG}/teams/{slug}"))["id"] == team["id"]


def test_two_names_with_one_slug_are_one_too_many(hub: httpx.Client) -> None:
    made(hub.post(f"{ORG}/teams", json={"name": "C++ Labs"}))
    refused = hub.post(f"{ORG}/teams", json={"name": "C# Labs"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["message"] == "Name must be unique for this org"


def test_a_long_name_of_a_team_is_cut_without_a_word(hub: httpx.Client) -> None:
    assert len(made(hub.post(f"{ORG}/teams", json={"name": "a" * 300}))["name"]) == 255


def test_a_team_is_the_same_by_slug_and_by_number(hub: httpx.Client) -> None:
    team = made(hub.post(f"{ORG}/teams", json={"name": "acme"}))
    by_number = f"/organizations/9001/team/{team['id']}"
    assert made(hub.get(by_number)) == made(hub.get(TEAM))
    made(hub.patch(TEAM, json={"name": "globex"}))
    assert hub.get(TEAM).status_code == 404
    assert made(hub.get(by_number))["slug"] == "globex"
    assert hub.delete(by_number).status_code == 204
    assert hub.delete(by_number).status_code == 404


def test_a_team_goes_with_its_grants_and_its_children(
    hub: httpx.Client, sandbox: SandboxServer
) -> None:
    parent = made(hub.post(f"{ORG}/teams", json={"name": "acme", "privacy": "closed"}))
    made(hub.post(f"{ORG}/teams", json={"name": "child", "parent_team_id": parent["id"]}))
    made(hub.post(f"{ORG}/repos", json={"name": "acme"}))
    hub.put(f"{TEAM}{REPO}", json={"permission": "push"}).raise_for_status()
    hub.delete(TEAM).raise_for_status()
    left = sandbox.counts()["github"]
    assert {"team", "grant"}.isdisjoint(left)
    assert left["repository"] == 2


@pytest.mark.parametrize("rest", ["", "/topics"])
def test_an_old_name_leads_to_the_number_of_the_repository(hub: httpx.Client, rest: str) -> None:
    number = made(hub.post(f"{ORG}/repos", json={"name": "acme"}))["id"]
    made(hub.patch(REPO, json={"name": "moved"}))
    answer = hub.get(f"{REPO}{rest}")
    assert answer.status_code == 301
    assert answer.headers["location"].endswith(f"/github/repositories/{number}{rest}")
    assert answer.json()["url"] == answer.headers["location"]
    followed = hub.get(f"{REPO}{rest}", follow_redirects=True)
    assert followed.json() == hub.get(f"{REPOS}/moved{rest}").json()


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_write_to_an_old_name_is_to_be_sent_again(hub: httpx.Client, method: str) -> None:
    made(hub.post(f"{ORG}/repos", json={"name": "acme"}))
    made(hub.patch(REPO, json={"name": "moved"}))
    assert hub.request(method, REPO, json={}).status_code == 307
    assert hub.get(f"{REPOS}/moved").status_code == 200


def test_a_name_that_is_given_anew_leads_nowhere_else(hub: httpx.Client) -> None:
    made(hub.post(f"{ORG}/repos", json={"name": "acme"}))
    made(hub.patch(REPO, json={"name": "moved"}))
    new = made(hub.post(f"{ORG}/repos", json={"name": "acme"}))
    assert made(hub.get(REPO))["id"] == new["id"]


def test_a_template_is_copied_after_the_answer(hub: httpx.Client) -> None:
    copy = made(hub.post(f"{TEMPLATE}/generate", json={"name": "acme", "private": True}))
    assert copy["template_repository"]["full_name"] == TEMPLATE.removeprefix("/repos/")
    answers = [hub.get(f"{REPO}/branches/main") for _ in range(READS_UNTIL_READY + 1)]
    assert [one.status_code for one in answers] == [409] * READS_UNTIL_READY + [200]
    assert answers[0].json()["message"] == "Git Repository is empty."


def test_a_repository_without_a_template_is_empty_unless_it_is_begun(hub: httpx.Client) -> None:
    made(hub.post(f"{ORG}/repos", json={"name": "acme"}))
    made(hub.post(f"{ORG}/repos", json={"name": "begun", "auto_init": True}))
    assert [hub.get(f"{REPO}/branches/main").status_code for _ in range(4)] == [409] * 4
    assert hub.get(f"{REPOS}/begun/branches/main").status_code == 200


def test_a_taken_name_is_told_in_two_ways(hub: httpx.Client) -> None:
    made(hub.post(f"{ORG}/repos", json={"name": "acme"}))
    generated = hub.post(f"{TEMPLATE}/generate", json={"name": "ACME"})
    created = hub.post(f"{ORG}/repos", json={"name": "ACME"})
    assert [generated.status_code, created.status_code] == [422, 422]
    assert generated.json()["errors"] == ["Could not clone: Name already exists on this account"]
    (error,) = created.json()["errors"]
    assert (error["code"], error["message"]) == ("custom", "name already exists on this account")


def test_what_a_name_may_not_hold_is_replaced_without_a_word(hub: httpx.Client) -> None:
    assert made(hub.post(f"{ORG}/repos", json={"name": "a b/ü"}))["name"] == "a-b--"


def test_an_archived_repository_takes_no_change_but_its_return(hub: httpx.Client) -> None:
    made(hub.post(f"{ORG}/repos", json={"name": "acme"}))
    made(hub.patch(REPO, json={"name": "zz-undone", "archived": True}))
    assert hub.patch(f"{REPOS}/zz-undone", json={"description": "x"}).status_code == 403
    assert hub.put(f"{REPOS}/zz-undone/topics", json={"names": []}).status_code == 403
    assert made(hub.patch(f"{REPOS}/zz-undone", json={"archived": False}))["archived"] is False


def test_a_grant_is_told_in_full_to_who_asks_for_it(hub: httpx.Client) -> None:
    made(hub.post(f"{ORG}/teams", json={"name": "acme"}))
    made(hub.post(f"{ORG}/repos", json={"name": "acme"}))
    grant = f"{TEAM}{REPO}"
    assert hub.get(grant).status_code == 404
    for _ in range(2):
        assert hub.put(grant, json={"permission": "push"}).status_code == 204
    assert hub.get(grant).status_code == 204
    full = made(hub.get(grant, headers={"Accept": "application/vnd.github.v3.repository+json"}))
    assert full["role_name"] == "write"
    assert full["permissions"] == {
        "admin": False, "maintain": False, "push": True, "triage": True, "pull": True,
    }  # fmt: skip


def test_a_list_comes_in_pages_with_links(hub: httpx.Client) -> None:
    for number in range(5):
        made(hub.post(f"{ORG}/teams", json={"name": f"team-{number}"}))
    first = hub.get(f"{ORG}/teams", params={"per_page": 2})
    assert {*first.links} == {"next", "last"}
    second = hub.get(first.links["next"]["url"])
    assert {*second.links} == {"prev", "next", "last", "first"}
    last = hub.get(first.links["last"]["url"])
    assert [one["slug"] for one in last.json()] == ["team-4"]
    assert "next" not in last.links
    assert "link" not in hub.get(f"{ORG}/teams").headers


def test_an_answer_that_the_client_has_already_is_not_sent_again(hub: httpx.Client) -> None:
    first = hub.get(ORG)
    again = hub.get(ORG, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["cache-control"].startswith("private, max-age=60")


def test_every_answer_tells_the_limits_and_its_number(hub: httpx.Client) -> None:
    for answer in (hub.get(ORG), hub.get(f"{ORG}/teams/none")):
        assert int(answer.headers["x-ratelimit-remaining"]) < 5000
        assert {"x-ratelimit-limit", "x-ratelimit-reset"} <= {*answer.headers}
    ids = {hub.get(ORG).headers["x-github-request-id"] for _ in range(2)}
    assert len(ids) == 2


def test_a_version_that_does_not_exist_is_refused(hub: httpx.Client) -> None:
    assert hub.get(ORG, headers={"x-github-api-version": "2020-01-01"}).status_code == 400
    for version in ("2022-11-28", "2026-03-10"):
        headers = {"x-github-api-version": version}
        chosen = hub.get(ORG, headers=headers).headers["x-github-api-version-selected"]
        assert chosen == version


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("DELETE", ORG)])
def test_what_does_not_exist_is_told_in_githubs_form(
    hub: httpx.Client, method: str, path: str
) -> None:
    answer = hub.request(method, path)
    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")
