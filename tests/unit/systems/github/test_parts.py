"""Team, repository and grant: whose they are, what is read back, and how they are taken back."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.choices import Choices
from domain.codes import ErrorCode
from domain.companies import Company
from domain.errors import NeedsPerson, Retryable
from domain.plans import Change, Undo
from domain.ports import EffectStatus, Entry
from domain.steps import Resource
from systems.github.naming import description
from systems.part import Owner, Part
from tests.unit.systems.github.conftest import Hub, options, repository, team

ACME = Company(company_id="co_1", name="Acme", slug="acme")
ASIDE = "zz-undone-acme-266a"
TEAM = Resource(kind="team", id="5", facts={"slug": "partner-acme"})
REPOSITORY = Resource(kind="repository", id="7", facts={"full_name": "org/partner-acme"})
REFS = {"team": TEAM, "repository": REPOSITORY}


def wanted(part: Part) -> Change:
    (change,) = part.desired(ACME)
    return change


def done(part: Part, resource: Resource, before: dict[str, Any] | None = None) -> Entry:
    change = wanted(part).model_copy(update={"before": before})
    return Entry("github", change, EffectStatus.APPLIED, datetime.now(UTC), resource=resource)


@pytest.mark.parametrize("limit", [255, 350])
def test_a_description_fits_and_ends_with_the_mark(limit: int) -> None:
    company = ACME.model_copy(update={"name": "é" * 400})
    assert len(description(company, limit)) == limit
    assert description(company, limit).endswith("é · agentos:co_1")


async def test_team_and_repository_are_called_alike(hub: Hub) -> None:
    group, place = wanted(hub.teams), wanted(hub.repositories)
    assert (group.key, place.key) == ("co_1/github/team", "co_1/github/repository")
    assert group.target == "team org/partner-acme"
    assert place.target == "org/partner-acme"
    assert place.summary == "create the private repository org/partner-acme from org/template"
    assert (group.undo, place.undo) == (Undo.FULL, Undo.PARTIAL)


def test_the_longest_names_are_within_the_limit() -> None:
    chosen = options(GITHUB_PREFIX="p" * 20)
    assert len(chosen.prefix + "s" * 60) <= 100


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("Acme · agentos:co_1", Owner.COMPANY),
        ("Somebody's words · agentos:co_1", Owner.COMPANY),
        ("Acme · agentos:co_2", Owner.ANOTHER),
        ("agentos:co_1 is quoted here", Owner.OTHER),
        ("", Owner.OTHER),
        (None, Owner.OTHER),
    ],
)
async def test_the_owner_is_told_by_the_mark(hub: Hub, text: str | None, owner: Owner) -> None:
    hub.says(team(description=text, created_at="2026-11-23T09:00:00Z"))
    hub.says(repository(description=text, created_at="2026-11-23T09:00:00Z"))
    for part in (hub.teams, hub.repositories):
        found = await part.find(ACME, wanted(part), {})
        assert found is not None
        assert found.owner is owner
        assert found.created_at == datetime(2026, 11, 23, 9, tzinfo=UTC)


async def test_a_person_is_asked_when_our_repository_was_archived(hub: Hub) -> None:
    hub.says(repository(archived=True))
    with pytest.raises(NeedsPerson) as fault:
        await hub.repositories.find(ACME, wanted(hub.repositories), {})
    assert fault.value.error_code is ErrorCode.CONFLICT


async def test_a_repository_of_others_is_not_adopted_when_it_was_archived(hub: Hub) -> None:
    chosen = ACME.model_copy(update={"choices": Choices(adopt=("org/partner-acme",))})
    for _ in range(2):
        hub.says(repository(description="Mine.", archived=True))
    found = await hub.repositories.find(ACME, wanted(hub.repositories), {})
    assert found is not None
    assert found.owner is Owner.OTHER
    with pytest.raises(NeedsPerson):
        await hub.repositories.find(chosen, wanted(hub.repositories), {})


@pytest.mark.parametrize(
    ("fields", "differences"),
    [
        ({}, []),
        ({"id": 6}, ["team is 6, not 5"]),
        ({"privacy": "closed"}, ["privacy is closed, not secret"]),
        ({"description": "x"}, ["description is without the mark, not marked agentos:co_1"]),
    ],
)
async def test_what_differs_in_a_team_is_named(
    hub: Hub, fields: dict[str, Any], differences: list[str]
) -> None:
    hub.says(team(**fields))
    found = await hub.teams.verify(ACME, wanted(hub.teams), REFS)
    assert [str(one) for one in found] == differences


async def test_another_slug_than_the_one_asked_for_differs(hub: Hub) -> None:
    hub.says(team(slug="partner-acme-1"), 201)
    made = await hub.teams.make(ACME, wanted(hub.teams), {})
    (difference,) = await hub.teams.verify(ACME, wanted(hub.teams), {"team": made})
    assert str(difference) == "slug is partner-acme-1, not partner-acme"


@pytest.mark.parametrize(
    ("fields", "differences"),
    [
        ({"id": 8}, ["repository is 8, not 7"]),
        ({"private": False}, ["private is false, not true"]),
        ({"archived": True}, ["archived is true, not false"]),
        ({"description": None}, ["description is without the mark, not marked agentos:co_1"]),
        (
            {"template_repository": {"full_name": "org/other"}},
            ["template is org/other, not org/template"],
        ),
    ],
)
async def test_what_differs_in_a_repository_is_named(
    hub: Hub, fields: dict[str, Any], differences: list[str]
) -> None:
    hub.says(repository(**fields))
    found = await hub.repositories.verify(ACME, wanted(hub.repositories), REFS)
    assert [str(one) for one in found] == differences


async def test_a_repository_is_waited_for_until_its_content_is_there(hub: Hub) -> None:
    hub.says(repository(template_repository={"full_name": "Org/Template"}))
    hub.says({"message": "Git Repository is empty."}, 409).says({"name": "trunk"})
    assert await hub.repositories.verify(ACME, wanted(hub.repositories), REFS) == []
    assert hub.called[-1] == "GET /repos/org/partner-acme/branches/trunk"


async def test_a_repository_that_stays_empty_is_not_ready(hub: Hub) -> None:
    hub.says(repository())
    for _ in range(3):
        hub.says({"message": "Git Repository is empty."}, 409)
    with pytest.raises(Retryable) as fault:
        await hub.repositories.verify(ACME, wanted(hub.repositories), REFS)
    assert fault.value.error_code is ErrorCode.NOT_READY


async def test_a_team_is_deleted_by_its_present_slug(hub: Hub) -> None:
    hub.has_not().says({"id": 9, "login": "org"}).says(team(slug="renamed")).says(None, 204)
    undone = await hub.teams.undo(ACME, done(hub.teams, TEAM))
    assert (undone.left, undone.note) == (False, "the team renamed was deleted")
    assert hub.called[-2:] == ["GET /organizations/9/team/5", "DELETE /orgs/org/teams/renamed"]


async def test_a_team_of_our_slug_with_another_number_is_not_deleted(hub: Hub) -> None:
    hub.says(team(id=6)).says({"id": 9, "login": "org"}).has_not()
    undone = await hub.teams.undo(ACME, done(hub.teams, TEAM))
    assert not undone.left
    assert not any(call.startswith("DELETE") for call in hub.called)


async def test_a_team_that_somebody_made_visible_stays(hub: Hub) -> None:
    hub.says(team(privacy="closed"))
    undone = await hub.teams.undo(ACME, done(hub.teams, TEAM))
    assert undone.left
    assert len(hub.script.asked) == 1


async def test_a_repository_is_renamed_and_then_archived(hub: Hub) -> None:
    hub.says(repository()).says(repository(name=ASIDE)).says(repository(name=ASIDE))
    undone = await hub.repositories.undo(ACME, done(hub.repositories, REPOSITORY))
    assert not undone.left
    assert undone.note == (
        f"the repository was renamed to org/{ASIDE} and archived; "
        "an owner can delete it in its settings"
    )
    renaming, archiving = hub.script.asked[1:]
    assert (renaming.path, renaming.body) == ("/repos/org/partner-acme", {"name": ASIDE})
    assert (archiving.path, archiving.body) == (f"/repos/org/{ASIDE}", {"archived": True})


async def test_only_the_archiving_is_done_when_the_renaming_was_already(hub: Hub) -> None:
    hub.says({"message": "Moved"}, 301).says(repository(name=ASIDE)).says(repository(name=ASIDE))
    await hub.repositories.undo(ACME, done(hub.repositories, REPOSITORY))
    assert [asked.body for asked in hub.script.asked] == [None, None, {"archived": True}]


async def test_nothing_is_done_when_a_repository_was_put_away_already(hub: Hub) -> None:
    hub.has_not().says(repository(name=ASIDE, archived=True))
    undone = await hub.repositories.undo(ACME, done(hub.repositories, REPOSITORY))
    assert not undone.left
    assert {asked.method for asked in hub.script.asked} == {"GET"}


async def test_a_repository_that_somebody_renamed_is_put_away_by_its_number(hub: Hub) -> None:
    hub.says(repository(id=8)).has_not().says(repository(name="theirs"))
    hub.says(repository(name=ASIDE)).says(repository(name=ASIDE))
    undone = await hub.repositories.undo(ACME, done(hub.repositories, REPOSITORY))
    assert not undone.left
    assert hub.called[2:4] == ["GET /repositories/7", "PATCH /repos/org/theirs"]


async def test_a_repository_that_somebody_archived_stays_under_its_name(hub: Hub) -> None:
    hub.says(repository(archived=True))
    undone = await hub.repositories.undo(ACME, done(hub.repositories, REPOSITORY))
    assert undone.left
    assert {asked.method for asked in hub.script.asked} == {"GET"}


async def test_a_repository_that_is_gone_is_taken_back(hub: Hub) -> None:
    hub.has_not().has_not().has_not()
    undone = await hub.repositories.undo(ACME, done(hub.repositories, REPOSITORY))
    assert (undone.left, undone.note) == (False, "the repository org/partner-acme is gone")


@pytest.mark.parametrize(
    ("told", "same", "level"),
    [
        ({"permissions": {"push": True, "pull": True}}, True, "push"),
        ({"permissions": {"admin": True, "push": True}}, False, "admin"),
        ({"role_name": "read"}, False, "pull"),
        ({}, True, "push"),
    ],
)
async def test_a_grant_is_as_planned_when_its_level_is(
    hub: Hub, told: dict[str, Any], same: bool, level: str
) -> None:
    hub.says(told)
    found = await hub.grants.find(ACME, wanted(hub.grants), REFS)
    assert found is not None
    assert (found.owner, found.same) == (Owner.SETTING, same)
    assert found.current == {"permission": level}


async def test_nothing_is_granted_while_team_or_repository_are_missing(hub: Hub) -> None:
    assert await hub.grants.find(ACME, wanted(hub.grants), {"team": TEAM}) is None
    assert hub.called == []


@pytest.mark.parametrize(
    ("told", "difference"),
    [
        ({"role_name": "read"}, "permission is pull, not push"),
        (None, "permission is none, not push"),
    ],
)
async def test_another_permission_differs(
    hub: Hub, told: dict[str, Any] | None, difference: str
) -> None:
    if told:
        hub.says(told)
    else:
        hub.has_not()
    (found,) = await hub.grants.verify(ACME, wanted(hub.grants), REFS)
    assert str(found) == difference


async def test_a_new_grant_is_removed_and_a_changed_one_put_back(hub: Hub) -> None:
    hub.says(None, 204)
    made = await hub.grants.make(ACME, wanted(hub.grants), REFS)
    hub.says(None, 204)
    await hub.grants.undo(ACME, done(hub.grants, made))
    place = "/orgs/org/teams/partner-acme/repos/org/partner-acme"
    assert hub.called == [f"PUT {place}", f"DELETE {place}"]
    hub.says({"role_name": "write"}).says(None, 204)
    await hub.grants.undo(ACME, done(hub.grants, made, {"permission": "admin"}))
    assert hub.script.asked[-1].body == {"permission": "admin"}
