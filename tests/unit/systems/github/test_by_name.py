"""People who are let into a repository by name, and the property that names the company."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.choices import Choices, Permission
from domain.companies import Company, Contact
from domain.errors import NeedsPerson
from domain.plans import Change
from domain.ports import EffectStatus, Entry
from domain.steps import Resource
from systems.github.collaborator import RepositoryCollaborator
from systems.github.options import GitHubOptions
from systems.github.property import RepositoryProperty
from systems.github.repository import CompanyRepository
from systems.github.rights import needed, scopes
from tests.unit.systems.github.conftest import Hub, options

GUEST = Contact(name="Guest", github="Octo-Guest")
ACME = Company(company_id="co_1", name="Acme", slug="acme", contacts=(GUEST,))
PLACE = {"repository": Resource(kind="repository", id="7", facts={"full_name": "org/partner-acme"})}
PEOPLE = "/repos/org/partner-acme/collaborators/octo-guest"
VALUES = "/repos/org/partner-acme/properties/values"
BY_NAME = {"GITHUB_ACCESS": "collaborators", "GITHUB_PROPERTY": "agentos_company"}


def invited(**fields: Any) -> dict[str, Any]:
    return {"id": 3, "invitee": {"login": "octo-Guest"}, "permissions": "write"} | fields


def collaborators(hub: Hub) -> RepositoryCollaborator:
    return RepositoryCollaborator(hub.client, hub.options)


def properties(hub: Hub, name: str = "agentos_company") -> RepositoryProperty:
    chosen = options(hub.script.url, GITHUB_PROPERTY=name)
    return RepositoryProperty(hub.client, chosen)


def entry(change: Change, before: dict[str, Any] | None = None) -> Entry:
    done = change.model_copy(update={"before": before})
    resource = PLACE["repository"]
    return Entry("github", done, EffectStatus.APPLIED, datetime.now(UTC), resource=resource)


def test_the_permission_is_the_one_that_was_chosen(hub: Hub) -> None:
    (usual,) = collaborators(hub).desired(ACME)
    chosen = ACME.model_copy(update={"choices": Choices(github_permission=Permission.TRIAGE)})
    (other,) = collaborators(hub).desired(chosen)
    assert (usual.after, other.after) == ({"permission": "push"}, {"permission": "triage"})
    assert (usual.resource, usual.sends_mail) == ("collaborator:octo-guest", True)


async def test_who_was_invited_is_pending_until_they_accept(hub: Hub) -> None:
    part = collaborators(hub)
    (change,) = part.desired(ACME)
    found = await part.find(ACME, change, {})
    assert found is None  # there is no repository yet
    hub.says([invited()])
    found = await part.find(ACME, change, PLACE)
    assert found is not None
    assert (found.resource.pending, found.same) == (True, True)
    hub.says([]).says(None, 204).says({"role_name": "read"})
    found = await part.find(ACME, change, PLACE)
    assert found is not None
    assert (found.resource.pending, found.same, found.current) == (
        False,
        False,
        {"permission": "pull"},
    )


async def test_nobody_is_let_in_by_an_invitation_that_expired_or_is_anothers(hub: Hub) -> None:
    part = collaborators(hub)
    (change,) = part.desired(ACME)
    hub.says([invited(expired=True), invited(invitee={"login": "other"}), invited(invitee=None)])
    hub.has_not()
    assert await part.find(ACME, change, PLACE) is None


@pytest.mark.parametrize(("status", "pending"), [(201, True), (204, False)])
async def test_somebody_is_let_in_with_the_permission(hub: Hub, status: int, pending: bool) -> None:
    part = collaborators(hub)
    (change,) = part.desired(ACME)
    hub.says(invited() if pending else None, status)
    made = await part.make(ACME, change, PLACE)
    assert (made.pending, made.created_by_us) == (pending, True)
    assert (hub.called, hub.script.asked[0].body) == ([f"PUT {PEOPLE}"], {"permission": "push"})


async def test_what_somebody_may_do_is_read_back(hub: Hub) -> None:
    part = collaborators(hub)
    (change,) = part.desired(ACME)
    hub.says([invited(permissions="read")])
    (wrong,) = await part.verify(ACME, change, PLACE)
    assert str(wrong) == "permission is pull, not push"
    hub.says([]).has_not()
    (wrong,) = await part.verify(ACME, change, PLACE)
    assert str(wrong) == "permission is none, not push"


async def test_an_undo_shuts_out_or_gives_back(hub: Hub) -> None:
    part = collaborators(hub)
    (change,) = part.desired(ACME)
    hub.says(None, 204)
    assert "shut out" in (await part.undo(ACME, entry(change))).note
    hub.says(None, 204)
    assert "pull as before" in (await part.undo(ACME, entry(change, {"permission": "pull"}))).note
    assert hub.called == [f"DELETE {PEOPLE}", f"PUT {PEOPLE}"]
    assert hub.script.asked[1].body == {"permission": "pull"}


def test_the_plan_says_who_cannot_be_let_in(hub: Hub) -> None:
    mail = Contact(email="dana@example.com")
    company = ACME.model_copy(update={"contacts": (GUEST, mail)})
    given = {"GITHUB_TEMPLATE": "", "GITHUB_ACCESS": "collaborators"}
    part = CompanyRepository(hub.client, options(**given))
    (change,) = part.desired(company)
    assert change.summary.endswith("; 1 named without a GitHub handle, who are not let in")
    assert "handle" not in part.desired(ACME)[0].summary


async def test_the_property_is_set_read_back_and_given_back(hub: Hub) -> None:
    part = properties(hub)
    (change,) = part.desired(ACME)
    assert await part.find(ACME, change, {}) is None
    hub.says([{"property_name": "agentos_company", "value": "co_9"}])
    found = await part.find(ACME, change, PLACE)
    assert found is not None
    assert (found.same, found.current) == (False, {"value": "co_9"})
    hub.says(None, 204)
    await part.make(ACME, change, PLACE)
    hub.says([{"property_name": "agentos_company", "value": "co_1"}])
    assert await part.verify(ACME, change, PLACE) == []
    hub.says([])
    assert len(await part.verify(ACME, change, PLACE)) == 1
    for before in (None, {"value": "co_9"}):
        hub.says(None, 204)
        await part.undo(ACME, entry(change, before))
    writes = [asked for asked in hub.script.asked if asked.method == "PATCH"]
    assert {asked.path for asked in writes} == {VALUES}
    values = [asked.body["properties"][0]["value"] for asked in writes]
    assert values == ["co_1", None, "co_9"]


async def test_a_property_that_nobody_defined_is_told(hub: Hub) -> None:
    hub.says([{"property_name": "other"}])
    with pytest.raises(NeedsPerson) as fault:
        await properties(hub).check_defined()
    assert "no custom property agentos_company" in fault.value.message
    hub.says([{"property_name": "agentos_company"}])
    await properties(hub).check_defined()


async def test_nothing_is_asked_when_no_property_is_configured(hub: Hub) -> None:
    part = properties(hub, "")
    assert part.desired(ACME) == []
    await part.check_defined()
    assert hub.called == []


@pytest.mark.parametrize(
    ("variables", "more", "classic"),
    [
        ({}, {"members"}, 2),
        ({"GITHUB_ACCESS": "collaborators"}, set(), 1),
        (
            BY_NAME,
            {"organization_custom_properties", "repository_custom_properties"},
            1,
        ),
    ],
)
def test_only_the_rights_that_are_used_are_asked_for(
    variables: dict[str, str], more: set[str], classic: int
) -> None:
    chosen: GitHubOptions = options(**variables)
    assert needed(chosen).keys() == {"administration", "contents", "metadata"} | more
    assert len(list(scopes(chosen))) == classic
