"""Plans, their changes and the digest that binds an approval."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from domain.choices import Choices
from domain.companies import Company
from domain.plans import Change, ChangeKind, Option, Plan, Undo
from tests.unit.domain import samples, strategies

OTHER_CHANGE: dict[str, Any] = {
    "key": "co_0123456789abcdef/slack/other",
    "system": "github",
    "resource": "invitation",
    "kind": ChangeKind.ADOPT,
    "target": "welcome-acme",
    "summary": "Something else",
    "before": None,
    "after": {"name": "welcome-acme-corp", "members": ["U2", "U1"]},
    "undo": Undo.FULL,
    "sends_mail": True,
    "reason": None,
    "options": (Option.SKIP,),
}
HARMLESS = (ChangeKind.CREATE, ChangeKind.ADOPT, ChangeKind.UPDATE, ChangeKind.NO_OP)
OTHER_COMPANY: dict[str, Any] = {
    "company_id": "co_1",
    "name": "Acme Corporation",
    "slug": "acme",
    "contacts": (),
    "choices": Choices(adopt=("#welcome-acme",)),
}
OTHER_PLAN: dict[str, Any] = {
    "run_id": "run_2",
    "company": samples.COMPANY.model_copy(update={"slug": "acme"}),
    "systems": ("github", "slack"),
    "changes": (samples.CHANGE, samples.CHANGE),
}


def _plan(**update: Any) -> Plan:
    return samples.PLAN.model_copy(update=update)


def test_every_field_is_tried_when_the_digest_is_tested() -> None:
    assert set(OTHER_CHANGE) == set(Change.model_fields)
    assert set(OTHER_COMPANY) == set(Company.model_fields)
    assert set(OTHER_PLAN) == set(Plan.model_fields)


@pytest.mark.parametrize("field", OTHER_PLAN)
def test_digest_differs_when_a_field_of_the_plan_differs(field: str) -> None:
    assert _plan(**{field: OTHER_PLAN[field]}).digest != samples.PLAN.digest


@pytest.mark.parametrize("field", OTHER_CHANGE)
def test_digest_differs_when_a_field_of_a_change_differs(field: str) -> None:
    change = samples.CHANGE.model_copy(update={field: OTHER_CHANGE[field]})
    assert _plan(changes=(change,)).digest != samples.PLAN.digest


@pytest.mark.parametrize("field", OTHER_COMPANY)
def test_digest_differs_when_a_field_of_the_company_differs(field: str) -> None:
    company = samples.COMPANY.model_copy(update={field: OTHER_COMPANY[field]})
    assert _plan(company=company).digest != samples.PLAN.digest


def test_digest_differs_when_changes_are_made_in_another_order() -> None:
    other = samples.CHANGE.model_copy(update={"key": "other"})
    forth, back = _plan(changes=(samples.CHANGE, other)), _plan(changes=(other, samples.CHANGE))
    assert forth.digest != back.digest


def test_digest_is_equal_when_the_plan_is_made_again() -> None:
    assert Plan(**dict(samples.PLAN)).digest == samples.PLAN.digest


def test_digest_is_the_hash_of_the_sorted_json_when_computed_by_others() -> None:
    body = samples.PLAN.model_dump(mode="json")
    del body["digest"]
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert samples.PLAN.digest == hashlib.sha256(text.encode()).hexdigest()


def test_json_of_a_plan_shows_its_digest_when_a_person_reads_it() -> None:
    assert json.loads(samples.PLAN.model_dump_json())["digest"] == samples.PLAN.digest


@given(strategies.plans)
def test_plan_survives_its_json_when_it_holds_anything(plan: Plan) -> None:
    stored = plan.model_dump_json()
    for read in (
        Plan.parse(json.loads(stored)),
        Plan.model_validate_json(stored),
        Plan.model_validate(plan.model_dump(mode="json")),
        Plan.model_validate(plan.model_dump()),
    ):
        assert read == plan
        assert read.digest == plan.digest


def test_stored_digest_is_ignored_when_it_is_wrong() -> None:
    data = samples.PLAN.model_dump(mode="json") | {"digest": "0" * 64}
    assert Plan.parse(data).digest == samples.PLAN.digest
    assert data["digest"] == "0" * 64


@pytest.mark.parametrize(
    "data", [{"approved": True}, {"run_id": None}, {"changes": [{"key": "a"}]}]
)
def test_plan_is_refused_when_its_json_has_another_shape(data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Plan.parse(samples.PLAN.model_dump(mode="json") | data)


@pytest.mark.parametrize("data", [[], "plan", None])
def test_plan_is_refused_when_it_is_no_object(data: Any) -> None:
    with pytest.raises(ValidationError):
        Plan.model_validate(data)


def test_change_is_refused_when_it_has_an_unknown_field() -> None:
    with pytest.raises(ValidationError):
        Change.model_validate(samples.CHANGE.model_dump() | {"force": True})


def test_changes_come_in_order_when_asked_for_one_system() -> None:
    first, second, third = (
        samples.CHANGE.model_copy(update={"key": key, "system": system})
        for key, system in (("1", "slack"), ("2", "github"), ("3", "slack"))
    )
    plan = _plan(changes=(first, second, third))
    assert plan.for_system("slack") == (first, third)
    assert plan.for_system("grants") == ()


def test_attention_is_asked_for_when_a_change_is_not_harmless() -> None:
    harmless = [samples.CHANGE.become(kind) for kind in HARMLESS]
    risky = [
        samples.CHANGE.become(ChangeKind.CONFLICT),
        samples.CHANGE.become(ChangeKind.BLOCKED),
        samples.CHANGE.become(ChangeKind.CREATE, sends_mail=True),
        samples.CHANGE.become(ChangeKind.CREATE, undo=Undo.NONE),
    ]
    assert list(_plan(changes=(*harmless, *risky)).needing_attention()) == risky


def test_change_keeps_everything_else_when_it_becomes_another_kind() -> None:
    became = samples.CHANGE.become(ChangeKind.CONFLICT, reason="Taken.", target="other")
    assert became.kind is ChangeKind.CONFLICT
    assert (became.reason, became.target) == ("Taken.", "other")
    assert became.key == samples.CHANGE.key
    assert samples.CHANGE.kind is ChangeKind.CREATE
    assert samples.CHANGE.become(ChangeKind.NO_OP).reason is None
