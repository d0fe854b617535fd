"""The protocol's own examples are understood by the client."""

import json
from pathlib import Path

from tests.unit.systems.grants.conftest import REGISTRY, Grants, page

DATA = Path(__file__).parents[3] / "data" / "grants" / "recorded" / "examples.json"
EXAMPLES = json.loads(DATA.read_text())


async def test_the_published_application_is_understood(grants: Grants) -> None:
    grants.script.then(200, {"status": 200, "data": EXAMPLES["Models.ApplicationBase"]})
    one = await grants.client().application("123e4567-e89b-12d3-a456-426614174000")
    assert one is not None
    assert (one.title, one.status.value) == ("My Application", "inProgress")


async def test_the_published_competition_is_understood(grants: Grants) -> None:
    grants.script.then(200, {"status": 200, "data": EXAMPLES["Models.CompetitionBase"]})
    assert (await grants.client().competition()).status.value == "open"


async def test_the_published_organisation_is_known_by_its_number(grants: Grants) -> None:
    organisation = EXAMPLES["Models.OrganizationBase"]
    number = organisation["identifiers"][REGISTRY]["id"]
    grants.script.then(200, page(organisation)).then(200, page(organisation))
    assert len(await grants.client().organizations(REGISTRY, number)) == 1
    assert await grants.client().organizations(REGISTRY, "000000000") == []
