"""A run whose request is in words: what was understood, asked and answered."""

from domain.events import RequestRead
from domain.readings import Clarification, Reading, Wanted
from domain.status import RunStatus
from tests.unit.domain import samples
from tests.unit.domain.samples import TO_QUESTION, run_after


def test_what_was_asked_and_answered_is_kept_when_a_request_was_not_clear() -> None:
    run = run_after(*TO_QUESTION, "answer")
    assert run.status is RunStatus.PLANNING
    assert run.clarifications == (Clarification(about=None, question="Which?", answer="Globex"),)


def test_company_and_systems_are_known_when_a_request_has_been_read() -> None:
    other = samples.COMPANY.model_copy(update={"name": "Globex"})
    read = RequestRead(reading=Reading(), company=other, systems=("grants",))
    run = run_after("planning_started", read)
    assert (run.company, run.systems, run.reading) == (other, ("grants",), Reading())


def test_tokens_add_up_when_models_are_called() -> None:
    assert run_after("model_called", "planning_started", "model_called").tokens_used == 18


def test_who_approves_is_told_what_could_not_be_done_and_what_was_ignored() -> None:
    assert Reading().notes == ()
    told = " ".join(Reading(unsupported=("jira", "zoom"), suspicious=True).notes)
    assert "jira, zoom" in told
    assert "ignored" in told


def test_newsletter_only_is_the_first_companys() -> None:
    first = Wanted(name="Acme", systems=("slack",), newsletter_only=("news@acme.example",))
    other = Wanted(name="Globex", systems=("slack",), newsletter_only=("news@globex.example",))
    assert Reading(companies=(first, other)).newsletter_only == ("news@acme.example",)
    assert Reading().newsletter_only == ()
