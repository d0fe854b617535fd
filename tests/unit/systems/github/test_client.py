"""How GitHub is called, over real HTTP."""

import json
from pathlib import Path

import pytest

from domain.codes import Effect, ErrorCode
from domain.errors import AlreadyThere, OutcomeUnknown, Refused, Retryable
from systems.github.client import GitHubClient
from tests.unit.systems.github.conftest import Hub, options, repository, team

DATA = Path(__file__).parents[3] / "data" / "github" / "recorded" / "examples.json"
EXAMPLES = json.loads(DATA.read_text())


async def test_a_team_is_made_secret(hub: Hub) -> None:
    hub.says(team(), 201)
    assert (await hub.client.create_team("partner-acme", "Acme")).slug == "partner-acme"
    (asked,) = hub.script.asked
    assert (asked.method, asked.path) == ("POST", "/orgs/org/teams")
    assert asked.body == {"name": "partner-acme", "description": "Acme", "privacy": "secret"}
    assert asked.headers["authorization"] == "token ghp_secret"
    assert asked.headers["x-github-api-version"] == "2022-11-28"


async def test_a_server_under_a_path_is_asked_there(hub: Hub) -> None:
    client = GitHubClient(options(f"{hub.script.url}/api/v3"))
    hub.says(team())
    await client.team("partner-acme")
    assert hub.called == ["GET /api/v3/orgs/org/teams/partner-acme"]


async def test_what_github_does_not_show_is_none(hub: Hub) -> None:
    hub.has_not().has_not().has_not()
    assert await hub.client.team("x") is None
    assert await hub.client.repository("org/x") is None
    assert await hub.client.grant("x", "org/x") is None


async def test_a_repository_that_was_renamed_is_not_the_one_of_its_old_name(hub: Hub) -> None:
    hub.says({"message": "Moved Permanently"}, 301, headers={"location": "/repositories/7"})
    assert await hub.client.repository("org/partner-acme") is None
    hub.says(repository(name="elsewhere"))
    assert await hub.client.repository("org/partner-acme") is None
    assert len(hub.script.asked) == 2


async def test_a_repository_is_found_in_any_case(hub: Hub) -> None:
    hub.says(repository(full_name="Org/Partner-Acme"))
    found = await hub.client.repository("org/partner-acme")
    assert found is not None
    assert found.id == 7


async def test_a_template_is_copied_into_the_organisation(hub: Hub) -> None:
    hub.says(repository(), 201)
    await hub.client.generate("org/template", "partner-acme", "Acme")
    (asked,) = hub.script.asked
    assert asked.path == "/repos/org/template/generate"
    body = {"owner": "org", "name": "partner-acme", "description": "Acme", "private": True}
    assert asked.body == body


async def test_a_missing_template_is_not_found(hub: Hub) -> None:
    hub.has_not()
    with pytest.raises(Refused) as fault:
        await hub.client.generate("org/template", "partner-acme", "Acme")
    assert fault.value.error_code is ErrorCode.NOT_FOUND


async def test_an_empty_repository_gets_a_first_commit(hub: Hub) -> None:
    hub.says(repository(), 201)
    await hub.client.create_repository("partner-acme", "Acme")
    (asked,) = hub.script.asked
    assert asked.path == "/orgs/org/repos"
    assert asked.body["auto_init"] is True
    assert asked.body["private"] is True


async def test_a_taken_name_is_told_apart_from_a_refusal(hub: Hub) -> None:
    hub.says({"message": "Validation Failed", "errors": [{"code": "already_exists"}]}, 422)
    with pytest.raises(AlreadyThere):
        await hub.client.create_team("partner-acme", "Acme")


@pytest.mark.parametrize(
    ("status", "message"), [(409, "Git Repository is empty."), (404, "Branch not found")]
)
async def test_a_branch_is_missing_while_a_repository_is_filled(
    hub: Hub, status: int, message: str
) -> None:
    hub.says({"message": message}, status).says({"name": "trunk"})
    assert not await hub.client.has_branch("org/x", "trunk")
    assert await hub.client.has_branch("org/x", "trunk")


async def test_a_grant_is_asked_for_with_its_permissions(hub: Hub) -> None:
    hub.says({"permissions": {"admin": False, "push": True, "pull": True}, "role_name": "write"})
    found = await hub.client.grant("partner-acme", "org/x")
    assert found is not None
    assert found.permission == "push"
    (asked,) = hub.script.asked
    assert asked.headers["accept"] == "application/vnd.github.v3.repository+json"


@pytest.mark.parametrize(
    ("body", "permission"),
    [
        ({"role_name": "write"}, "push"),
        ({"role_name": "read", "permissions": {}}, "pull"),
        ({"role_name": "maintain", "permissions": None}, "maintain"),
        ({"role_name": "reviewer"}, "reviewer"),
        ({}, None),
    ],
)
async def test_a_grant_may_be_told_as_a_role(
    hub: Hub, body: dict[str, object], permission: str | None
) -> None:
    hub.says(body)
    found = await hub.client.grant("partner-acme", "org/x")
    assert found is not None
    assert found.permission == permission


async def test_a_server_may_confirm_a_grant_without_a_body(hub: Hub) -> None:
    hub.says(None, 204)
    found = await hub.client.grant("partner-acme", "org/x")
    assert found is not None
    assert found.permission is None


async def test_all_pages_are_read(hub: Hub) -> None:
    following = f'<{hub.script.url}/x?page=2>; rel="next", <{hub.script.url}/x>; rel="first"'
    hub.says([{"id": 1, "email": "a@example.com"}], headers={"link": following})
    hub.says([{"id": 2, "email": None}])
    assert [one.id async for one in hub.client.invitations()] == [1, 2]
    assert [asked.query["page"] for asked in hub.script.asked] == ["1", "2"]
    assert {asked.query["per_page"] for asked in hub.script.asked} == {"100"}


async def test_what_is_gone_already_counts_as_deleted(hub: Hub) -> None:
    hub.has_not().has_not().has_not().has_not().says(None, 204)
    await hub.client.delete_team("x")
    await hub.client.remove_grant("x", "org/x")
    await hub.client.remove_member("x", "octocat")
    assert not await hub.client.cancel("5")
    assert await hub.client.cancel("6")


@pytest.mark.parametrize("body", [b"<html>log in</html>", b'{"id": 5', b"[]", b"null", b""])
async def test_a_write_is_open_when_the_success_is_not_githubs(hub: Hub, body: bytes) -> None:
    hub.says(body)
    with pytest.raises(OutcomeUnknown) as fault:
        await hub.client.create_team("partner-acme", "Acme")
    assert fault.value.error_code is ErrorCode.UNAVAILABLE
    assert len(hub.script.asked) == 1


async def test_a_write_without_an_answer_to_read_is_open_when_a_page_comes(hub: Hub) -> None:
    hub.says(b"<html>log in</html>")
    with pytest.raises(OutcomeUnknown):
        await hub.client.set_grant("partner-acme", "org/x", "push")


async def test_a_write_is_open_and_not_repeated_when_the_connection_breaks(hub: Hub) -> None:
    hub.script.then(accident="reset")
    with pytest.raises(OutcomeUnknown) as fault:
        await hub.client.create_team("partner-acme", "Acme")
    assert fault.value.error_code is ErrorCode.UNAVAILABLE
    assert len(hub.script.asked) == 1


async def test_a_write_is_open_and_not_repeated_when_a_proxy_gives_up(hub: Hub) -> None:
    hub.says({"message": "Bad Gateway"}, 502)
    with pytest.raises(OutcomeUnknown):
        await hub.client.create_team("partner-acme", "Acme")
    assert len(hub.script.asked) == 1


async def test_a_write_is_open_when_no_answer_comes_in_time(hub: Hub) -> None:
    client = GitHubClient(options(hub.script.url, GITHUB_TIMEOUT_SECONDS="0.2"))
    hub.script.then(accident="hang")
    with pytest.raises(OutcomeUnknown) as fault:
        await client.create_team("partner-acme", "Acme")
    assert fault.value.error_code is ErrorCode.TIMEOUT


async def test_a_write_has_no_effect_when_nothing_listens() -> None:
    with pytest.raises(Retryable) as fault:
        await GitHubClient(options()).create_team("partner-acme", "Acme")
    assert (fault.value.error_code, fault.value.effect) == (ErrorCode.UNAVAILABLE, Effect.NONE)


async def test_no_proxy_is_used_on_the_way_to_this_machine(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    hub.says(team())
    assert await hub.client.team("partner-acme")


async def test_recorded_answers_are_understood(hub: Hub) -> None:
    client = hub.client
    hub.says(EXAMPLES["organization-full"])
    assert (await client.check()).login == "github"
    hub.says(EXAMPLES["team-full"])
    found = await client.team("justice-league")
    assert found is not None
    assert (found.privacy, found.created_at is not None) == ("closed", True)
    name = "team-repository-alternative-response-with-repository-permissions"
    hub.says(EXAMPLES[name])
    grant = await client.grant("justice-league", "octocat/Hello-World")
    assert grant is not None
    assert grant.permission in ("admin", "maintain", "push", "triage", "pull")
    hub.says(EXAMPLES["organization-invitation-items"])
    assert [one.email async for one in client.invitations()] == ["octocat@github.com"]
    hub.says(EXAMPLES["organization-invitation"], 201)
    assert (await client.invite("octocat@github.com", 1)).id == 1
    hub.says(EXAMPLES["team-membership-response-if-user-is-a-team-maintainer"])
    member = await client.membership("justice-league", "octocat")
    assert member is not None
    assert member.state == "active"
    hub.says(EXAMPLES["team-membership-response-if-users-membership-with-team-is-now-pending"])
    assert (await client.add_member("justice-league", "octocat")).state == "pending"
    hub.says(EXAMPLES["branch-get"])
    assert await client.has_branch("octocat/Hello-World", "main")
