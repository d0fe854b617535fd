"""Reports of facts only."""

import pytest

from domain.codes import ErrorCode
from domain.reports import Report, ReportLine, render_report, render_rollback
from domain.steps import StepResult, StepStatus
from tests.unit.domain import samples

SETTLED = (StepStatus.SUCCESS, StepStatus.PENDING, StepStatus.SKIPPED)


def _result(status: StepStatus, **update: object) -> StepResult:
    result = StepResult(system="slack", status=status, details="channel=#welcome")
    return result.model_copy(update=update)


def _line(result: StepResult | None) -> ReportLine:
    results = {"slack": result} if result else {}
    return render_report("Acme", ["slack"], results).checklist[0]


@pytest.mark.parametrize("status", StepStatus)
def test_step_is_settled_when_nothing_is_left_to_do(status: StepStatus) -> None:
    assert _result(status).settled is (status in SETTLED)


@pytest.mark.parametrize("status", StepStatus)
def test_step_is_not_settled_when_it_has_an_error(status: StepStatus) -> None:
    assert not _result(status, error_code=ErrorCode.VERIFY_FAILED).settled


def test_report_says_all_when_every_system_is_done() -> None:
    results = {"slack": samples.SUCCESS, "github": _result(StepStatus.PENDING)}
    report = render_report("Acme", ["slack", "github"], results)
    assert report.headline == "Acme is onboarded into 2 of 2 systems."
    assert report.missing == ()


@pytest.mark.parametrize(
    "result",
    [
        None,
        _result(StepStatus.FAIL),
        _result(StepStatus.ERROR),
        _result(StepStatus.SKIPPED),
        _result(StepStatus.SUCCESS, error_code=ErrorCode.VERIFY_FAILED),
    ],
    ids=["not started", "failed", "unknown", "skipped", "unverified"],
)
def test_system_is_missing_when_the_company_does_not_have_it(result: StepResult | None) -> None:
    results = {"slack": samples.SUCCESS} | ({"github": result} if result else {})
    report = render_report("Acme", ["github", "slack"], results)
    assert report.missing == ("github",)
    assert report.headline == "Acme is onboarded into 1 of 2 systems. Missing: github."


def test_missing_systems_come_in_order_when_there_are_several() -> None:
    report = render_report("Acme", ["b", "a"], {})
    assert report.headline == "Acme is onboarded into 0 of 2 systems. Missing: b, a."


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (StepStatus.SUCCESS, "done"),
        (StepStatus.PENDING, "waiting for somebody outside"),
        (StepStatus.SKIPPED, "skipped"),
        (StepStatus.FAIL, "failed"),
        (StepStatus.ERROR, "failed"),
    ],
)
def test_line_says_what_the_system_holds_when_its_step_ended(
    status: StepStatus, words: str
) -> None:
    line = _line(_result(status))
    assert line.text == f"slack: {words}. channel=#welcome"
    assert (line.system, line.status) == ("slack", status)


def test_line_says_not_started_when_there_is_no_result() -> None:
    assert _line(None) == ReportLine(system="slack", status=None, text="slack: not started.")


def test_hint_is_given_when_something_is_left_to_do() -> None:
    assert _line(_result(StepStatus.FAIL, hint="Do this.")).text.endswith("#welcome Do this.")
    assert _line(_result(StepStatus.SUCCESS, hint="Do this.")).text.endswith("#welcome")


def test_links_are_listed_when_resources_have_addresses() -> None:
    without = samples.RESOURCE.model_copy(update={"url": None})
    result = _result(StepStatus.SUCCESS, resources=(samples.RESOURCE, without))
    assert _line(result).links == ("https://slack.example/C1",)


def test_lines_come_in_the_order_of_the_systems_when_results_do_not() -> None:
    results = {"b": samples.FAIL, "a": samples.SUCCESS}
    report = render_report("Acme", ["a", "b", "c"], results)
    assert [line.system for line in report.checklist] == ["a", "b", "c"]


def test_rollback_lists_what_is_gone_and_what_is_left_when_reported() -> None:
    report = render_rollback("Acme", ["channel archived", "team deleted"], ["mail was sent"])
    assert report.headline == ("The onboarding of Acme was rolled back: 2 objects undone, 1 left.")
    assert [line.text for line in report.checklist] == ["channel archived", "team deleted"]
    assert report.leftovers == ("mail was sent",)


def test_rollback_says_none_left_when_all_is_gone() -> None:
    report = render_rollback("Acme", ["channel archived"], [])
    assert report.headline.endswith("1 objects undone, none left.")
    assert report.leftovers == ()


def test_report_survives_its_json_when_it_is_stored() -> None:
    report = render_report("Acme", ["slack", "github"], {"slack": samples.SUCCESS})
    assert Report.model_validate_json(report.model_dump_json()) == report
