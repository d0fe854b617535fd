"""The sandbox's own switches: journal, state, seed, reset, and pages for people."""

import httpx
import pytest

from sandbox import seed
from tests.sandbox_server import SandboxServer
from tests.unit.sandbox import clients
from tests.unit.sandbox.clients import ORG, REPOS, TLS, made


def ask(server: SandboxServer, path: str) -> httpx.Response:
    return httpx.get(f"{server.url}{path}", trust_env=False, verify=TLS)


def test_the_journal_tells_each_request_and_its_outcome(sandbox: SandboxServer) -> None:
    with clients.slack(sandbox) as slack:
        slack.post("conversations.create", data={"name": "acme", "token": seed.SLACK_BOT_TOKEN})
    with clients.github(sandbox) as github:
        github.get(f"{REPOS}/none", params={"per_page": "5"})
    first, second = sandbox.requests()
    assert (first["n"], first["system"], first["method"]) == (1, "slack", "POST")
    assert (first["path"], first["status"]) == ("/slack/api/conversations.create", 200)
    assert first["body"] == {"name": "acme"}
    assert (second["n"], second["status"], second["query"]) == (2, 404, {"per_page": "5"})
    assert (first["effect"], second["effect"]) == ("write", "read")
    assert seed.SLACK_BOT_TOKEN not in str(sandbox.requests())


def test_the_journal_can_be_narrowed(sandbox: SandboxServer) -> None:
    with clients.github(sandbox) as github:
        github.post(f"{ORG}/teams", json={"name": "acme"})
        github.get(ORG)
    with clients.slack(sandbox) as slack:
        slack.post("auth.test")
    assert [one["n"] for one in sandbox.requests(system="github")] == [1, 2]
    assert [one["n"] for one in sandbox.requests(system="github", method="GET")] == [2]
    assert [one["n"] for one in sandbox.requests(since=2)] == [3]


@pytest.mark.parametrize(
    ("method", "effect"),
    [
        ("conversations.create", "write"),
        ("chat.postMessage", "write"),
        ("conversations.list", "read"),
        ("auth.test", "read"),
    ],
)
@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_the_journal_knows_what_can_have_an_effect_however_it_is_sent(
    sandbox: SandboxServer, method: str, effect: str, verb: str
) -> None:
    with clients.slack(sandbox) as slack:
        slack.request(verb, method)
    assert [one["effect"] for one in sandbox.requests()] == [effect]


def test_a_search_by_post_is_a_read(sandbox: SandboxServer) -> None:
    with clients.grants(sandbox) as grants:
        grants.post("/applications/search")
        grants.post("/applications/start")
    assert [one["effect"] for one in sandbox.requests()] == ["read", "write"]


def test_the_state_shows_and_counts_what_is_there(sandbox: SandboxServer) -> None:
    before = sandbox.counts()
    with clients.github(sandbox) as github:
        made(github.post(f"{ORG}/teams", json={"name": "acme"}))
    assert [one["slug"] for one in sandbox.state()["github"]["team"]] == ["acme"]
    assert sandbox.counts() == before | {"github": before["github"] | {"team": 1}}


def test_a_reset_forgets_all_and_seeds_anew(sandbox: SandboxServer) -> None:
    fresh = sandbox.state()
    with clients.github(sandbox) as github:
        made(github.post(f"{ORG}/teams", json={"name": "acme"}))
    sandbox.fault(kind="status")
    sandbox.reset()
    assert (sandbox.state().keys(), sandbox.counts()) == (fresh.keys(), counted(fresh))
    assert sandbox.requests() == []
    assert ask(sandbox, "/_sandbox/faults").json() == {"items": []}


def counted(state: dict[str, dict[str, list[object]]]) -> dict[str, dict[str, int]]:
    return {name: {kind: len(all) for kind, all in kinds.items()} for name, kinds in state.items()}


def test_a_seed_puts_back_what_is_missing_and_leaves_the_rest(sandbox: SandboxServer) -> None:
    fresh = sandbox.counts()
    with clients.github(sandbox) as github:
        made(github.post(f"{ORG}/teams", json={"name": "acme"}))
        github.delete(f"{REPOS}/{seed.GITHUB_TEMPLATE}").raise_for_status()
    assert "repository" not in sandbox.counts()["github"]
    sandbox.control("seed", {})
    assert sandbox.counts()["github"] == fresh["github"] | {"team": 1}


def test_a_fault_that_does_not_exist_is_refused(sandbox: SandboxServer) -> None:
    url = f"{sandbox.url}/_sandbox/faults"
    answer = httpx.post(url, json={"kind": "flood"}, trust_env=False, verify=TLS)
    assert answer.status_code == 422
    assert "lost_after_effect" in answer.json()["detail"]


def test_armed_faults_are_shown_until_they_are_disarmed(sandbox: SandboxServer) -> None:
    sandbox.fault(system="slack", kind="status", times=0)
    (armed,) = ask(sandbox, "/_sandbox/faults").json()["items"]
    assert (armed["system"], armed["kind"], armed["status"]) == ("slack", "status", 503)
    sandbox.heal()
    assert ask(sandbox, "/_sandbox/faults").json() == {"items": []}
    with clients.slack(sandbox) as slack:
        assert slack.post("auth.test").json()["ok"]


def test_people_find_each_object_behind_its_link(sandbox: SandboxServer) -> None:
    with clients.github(sandbox) as github:
        team = made(github.post(f"{ORG}/teams", json={"name": "acme", "description": "<b>Acme"}))
    index, page = ask(sandbox, "/"), httpx.get(team["html_url"], trust_env=False, verify=TLS)
    assert "/view/github/team/1" in index.text
    assert page.status_code == 200
    assert "&lt;b&gt;Acme" in page.text
    assert "<b>Acme" not in page.text
    assert ask(sandbox, "/view/github/team/99").status_code == 404


def test_nobody_sees_the_journal_as_a_page(sandbox: SandboxServer) -> None:
    with clients.slack(sandbox) as slack:
        slack.post("auth.test")
    assert ask(sandbox, "/view/_sandbox/request/1").status_code == 404
    assert sandbox.requests(system="view") == []
