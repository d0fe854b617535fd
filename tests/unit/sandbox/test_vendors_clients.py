"""The vendors' own clients, as they come, do our calls and take each answer apart in full."""

from collections.abc import AsyncIterator

import httpx
import pytest
from brevo import AsyncBrevo
from brevo.contacts.types import RemoveContactFromListRequestBodyEmails
from brevo.errors import BadRequestError, NotFoundError
from githubkit import AppInstallationAuthStrategy, GitHub
from githubkit.cache import MemCacheStrategy
from githubkit.exception import RequestFailed
from githubkit_schemas.latest.models import Team
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import seed
from tests.sandbox_server import SandboxServer
from tests.unit.sandbox.clients import TLS

ORG, TEMPLATE = seed.GITHUB_ORG, seed.GITHUB_TEMPLATE
DANA, ILYA = seed.SLACK_OPS_USER_IDS
METADATA = {"event_type": "made", "event_payload": {"company": "co_1"}}


def slack(server: SandboxServer, token: str = seed.SLACK_BOT_TOKEN) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=f"{server.url}/slack/api/")


@pytest.fixture
async def app(sandbox: SandboxServer) -> AsyncIterator[GitHub[AppInstallationAuthStrategy]]:
    """GitHub as an App: it signs a JWT, gets a token for it, and calls with that."""
    async with httpx.AsyncClient(trust_env=False, verify=TLS) as http:
        key = (await http.get(f"{sandbox.url}/_sandbox/github/app.pem")).text
    auth = AppInstallationAuthStrategy(seed.GITHUB_APP_ID, key, seed.GITHUB_INSTALLATION_ID)
    own = MemCacheStrategy()  # the usual one keeps tokens longer than a sandbox lives
    url = f"{sandbox.url}/github/"
    async with GitHub(auth, base_url=url, cache_strategy=own, trust_env=False) as github:
        yield github


@pytest.fixture
async def brevo(sandbox: SandboxServer) -> AsyncIterator[AsyncBrevo]:
    async with httpx.AsyncClient(trust_env=False, verify=TLS) as http:
        url = f"{sandbox.url}/brevo/v3"
        yield AsyncBrevo(api_key=seed.BREVO_API_KEY, base_url=url, httpx_client=http)


async def test_slacks_client_makes_a_channel_and_puts_it_away(sandbox: SandboxServer) -> None:
    client = slack(sandbox)
    assert (await client.auth_test())["user_id"] == "U0AGENTOS0"
    made = await client.conversations_create(name="welcome-acme", is_private=True)
    channel = made["channel"]["id"]
    await client.conversations_setPurpose(channel=channel, purpose="Ours")
    await client.conversations_invite(channel=channel, users=[DANA, ILYA])
    posted = await client.chat_postMessage(channel=channel, text="Hello", metadata=METADATA)
    history = await client.conversations_history(channel=channel, include_all_metadata=True)
    assert [one["metadata"] for one in history["messages"]] == [METADATA]
    await client.chat_delete(channel=channel, ts=posted["ts"])
    await client.conversations_rename(channel=channel, name="zz-undone")
    await client.conversations_archive(channel=channel)
    (left,) = [one for one in sandbox.state()["slack"]["channel"] if one["id"] == channel]
    assert (left["name"], left["is_archived"], left["purpose"]) == ("zz-undone", True, "Ours")
    assert left["members"] == [DANA, ILYA]


async def test_slacks_client_follows_all_pages(sandbox: SandboxServer) -> None:
    client = slack(sandbox)
    for number in range(5):
        await client.conversations_create(name=f"channel-{number}")
    names = [
        channel["name"]
        async for page in await client.conversations_list(limit=2)
        for channel in page["channels"]
    ]
    assert names == ["general", *(f"channel-{number}" for number in range(5))]


async def test_slacks_client_understands_a_refusal(sandbox: SandboxServer) -> None:
    with pytest.raises(SlackApiError) as refusal:
        await slack(sandbox, seed.SLACK_NARROW_TOKEN).conversations_create(name="x")
    assert refusal.value.response.status_code == 200
    assert refusal.value.response["error"] == "missing_scope"
    assert refusal.value.response["needed"] == "channels:manage"


async def test_slacks_client_understands_that_it_is_too_fast(sandbox: SandboxServer) -> None:
    sandbox.fault(system="slack", kind="rate_limit", retry_after=7)
    with pytest.raises(SlackApiError) as refusal:
        await slack(sandbox).auth_test()
    assert refusal.value.response.status_code == 429
    assert refusal.value.response["error"] == "ratelimited"
    assert refusal.value.response.headers["Retry-After"] == "7"


async def test_githubkit_takes_every_answer_apart_in_full(
    app: GitHub[AppInstallationAuthStrategy],
) -> None:
    """Its models are strict, and of the API's newest version."""
    rest = app.rest
    assert (await rest.orgs.async_get(ORG)).parsed_data.login == ORG
    made = await rest.teams.async_create(ORG, name="acme", description="d", privacy="secret")
    team = made.parsed_data
    assert (await rest.teams.async_get_by_name(ORG, "acme")).parsed_data.id == team.id
    repository = (
        await rest.repos.async_create_using_template(
            ORG, TEMPLATE, owner=ORG, name="acme", private=True
        )
    ).parsed_data
    assert repository.template_repository
    await rest.teams.async_add_or_update_repo_permissions_in_org(
        ORG, "acme", ORG, "acme", permission="push"
    )
    shown = {"Accept": "application/vnd.github.v3.repository+json"}
    grant = await rest.teams.async_check_permissions_for_repo_in_org(
        ORG, "acme", ORG, "acme", headers=shown
    )
    assert grant.parsed_data.role_name == "write"
    invited = await rest.orgs.async_create_invitation(
        ORG, email="ann@example.com", team_ids=[team.id]
    )
    pending = await rest.orgs.async_list_pending_invitations(ORG)
    assert pending.parsed_data == [invited.parsed_data]
    joined = await rest.teams.async_add_or_update_membership_for_user_in_org(
        ORG, "acme", "octo-guest", role="member"
    )
    assert joined.parsed_data.state == "pending"
    archived = (await rest.repos.async_update(ORG, "acme", archived=True)).parsed_data
    assert archived.archived


async def test_githubkit_takes_people_from_outside_apart_in_full(
    app: GitHub[AppInstallationAuthStrategy],
) -> None:
    repos = app.rest.repos
    await repos.async_create_in_org(ORG, name="acme", private=True, auto_init=True)
    invited = await repos.async_add_collaborator(ORG, "acme", "octo-guest", permission="triage")
    (waiting,) = (await repos.async_list_invitations(ORG, "acme")).parsed_data
    assert invited.parsed_data.id == waiting.id
    assert (waiting.permissions, waiting.invitee and waiting.invitee.login) == (
        "triage",
        "octo-guest",
    )
    await repos.async_add_collaborator(ORG, "acme", "octo-dana", permission="push")
    for login, role in (("octo-dana", "write"), ("octo-guest", "none")):
        found = await repos.async_get_collaborator_permission_level(ORG, "acme", login)
        assert found.parsed_data.role_name == role
    await repos.async_remove_collaborator(ORG, "acme", "octo-guest")
    assert (await repos.async_list_invitations(ORG, "acme")).parsed_data == []


async def test_githubkit_waits_for_the_template_and_reads_the_branch(
    app: GitHub[AppInstallationAuthStrategy],
) -> None:
    repos = app.rest.repos
    await repos.async_create_using_template(ORG, TEMPLATE, owner=ORG, name="acme")
    statuses = []
    while 200 not in statuses:
        try:
            answer = await repos.async_get_branch(ORG, "acme", "main")
            statuses.append(answer.status_code)
            assert answer.parsed_data.name == "main"
        except RequestFailed as error:
            statuses.append(error.response.status_code)
    assert statuses == [409, 409, 200]


async def test_githubkit_follows_all_pages(app: GitHub[AppInstallationAuthStrategy]) -> None:
    names = [f"team-{number}" for number in range(5)]
    for name in names:
        await app.rest.teams.async_create(ORG, name=name)
    pages: AsyncIterator[Team] = app.rest.paginate(app.rest.teams.async_list, org=ORG, per_page=2)
    assert [team.slug async for team in pages] == names


async def test_githubkit_understands_that_a_name_is_taken(
    app: GitHub[AppInstallationAuthStrategy],
) -> None:
    await app.rest.teams.async_create(ORG, name="acme")
    with pytest.raises(RequestFailed) as refusal:
        await app.rest.teams.async_create(ORG, name="Acme")
    assert refusal.value.response.status_code == 422
    (error,) = refusal.value.response.json()["errors"]
    assert error["message"] == "Name must be unique for this org"


async def test_brevos_client_makes_a_list_and_takes_a_person_off_it(
    brevo: AsyncBrevo, sandbox: SandboxServer
) -> None:
    contacts, folder = brevo.contacts, seed.BREVO_FOLDER_ID
    number = (await contacts.create_list(folder_id=folder, name="Acme")).id
    assert (await contacts.get_list(number)).folder_id == folder
    await contacts.create_doi_contact(
        email="dana@example.com",
        include_list_ids=[number],
        template_id=seed.BREVO_DOI_TEMPLATE_ID,
        redirection_url="https://example.com",
    )
    sandbox.control("brevo/confirm", {"email": "dana@example.com"})
    person = await contacts.get_contact_info("dana@example.com", identifier_type="email_id")
    assert person.list_ids == [number]
    page = await contacts.get_folder_lists(folder)
    assert [(one.name, one.total_subscribers) for one in page.lists or []] == [("Acme", 1)]
    body = RemoveContactFromListRequestBodyEmails(emails=["dana@example.com"])
    removed = await contacts.remove_contact_from_list(number, request=body)
    assert removed.contacts.success == ["dana@example.com"]
    await contacts.delete_list(number)
    with pytest.raises(NotFoundError) as refusal:
        await contacts.get_list(number)
    assert refusal.value.body["code"] == "document_not_found"


async def test_brevos_client_understands_a_refusal(brevo: AsyncBrevo) -> None:
    with pytest.raises(BadRequestError) as refusal:
        await brevo.contacts.create_list(folder_id=99, name="Acme")
    assert refusal.value.body["code"] == "invalid_parameter"
