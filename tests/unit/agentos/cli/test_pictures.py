"""Plans, runs and reports: what an approver must not miss is there."""

from typing import Any

import pytest
from rich.console import Console

from agentos.cli.pictures import made, plan_lines, report_lines, run_table
from server.api.views import run_view
from tests.unit.domain.samples import (
    CHANGE,
    PLAN,
    REPORT,
    RESOURCE,
    SUCCESS,
    TO_ESCALATION,
    run_after,
)


def shown(*parts: Any, width: int = 200) -> list[str]:
    console = Console(width=width, color_system=None, highlight=False, markup=False)
    with console.capture() as text:
        for part in parts:
            console.print(part)
    return [line.rstrip() for line in text.get().splitlines()]


def plan_with(**change: Any) -> list[str]:
    plan = PLAN.model_dump(mode="json")
    return shown(*plan_lines(plan | {"changes": [CHANGE.model_dump(mode="json") | change]}))


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"undo": "full"}, "  + Create channel #welcome-acme-corp"),
        ({}, "  + Create channel #welcome-acme-corp · undo: partial"),
        (
            {"sends_mail": True},
            "  + Create channel #welcome-acme-corp · sends mail · undo: partial",
        ),
        ({"kind": "update"}, "  ~ Create channel #welcome-acme-corp · undo: partial"),
        (
            {"kind": "adopt", "reason": "It was made for this company earlier."},
            "  = adopt welcome-acme-corp. It was made for this company earlier.",
        ),
        ({"kind": "no_op"}, "  = leave welcome-acme-corp as it is"),
        (
            {"kind": "conflict", "reason": "Somebody else has it."},
            "  ! conflict: Create channel #welcome-acme-corp. Somebody else has it.",
        ),
        (
            {
                "kind": "conflict",
                "reason": "Adopt it.",
                "target": "team o/a b",
                "options": ["adopt"],
            },
            "  ! conflict: Create channel #welcome-acme-corp. Adopt it. --adopt 'team o/a b'",
        ),
        (
            {"kind": "blocked", "reason": "Slack cannot be read."},
            "  ! blocked: Create channel #welcome-acme-corp. Slack cannot be read.",
        ),
    ],
)
def test_a_change_in_one_line(change: dict[str, Any], line: str) -> None:
    head, system, changed, other = plan_with(**change)
    assert head == f"Plan {PLAN.digest[:12]} for Acme Corp"
    assert (system, changed, other) == ("slack", line, "github")


def test_what_a_system_holds_tells_made_adopted_and_pending_with_each_link_once() -> None:
    resources = (
        RESOURCE,
        RESOURCE.model_copy(update={"kind": "member", "id": "U1", "created_by_us": False}),
        RESOURCE.model_copy(
            update={"kind": "invitation", "id": "I1", "url": None, "pending": True}
        ),
    )
    step = SUCCESS.model_copy(update={"resources": resources}).model_dump(mode="json")
    assert shown(*made({"steps": [step]})) == [
        "slack success",
        "  + made    channel C1",
        "    https://slack.example/C1",
        "  = adopted member U1",
        "  … pending invitation I1",
    ]


def test_a_system_that_failed_says_why_and_what_to_do() -> None:
    failed = {"status": "fail", "details": "The team exists.", "hint": "Take another slug."}
    lines = shown(*made({"steps": [SUCCESS.model_dump(mode="json") | failed]}))
    assert lines[:2] == ["slack fail", "  The team exists."]
    assert lines[-1] == "  Take another slug."


def test_runs_fit_a_terminal_of_80_columns() -> None:
    run = run_view(run_after(*TO_ESCALATION)).model_dump(mode="json")
    run |= {"run_id": "run_" + "x" * 22, "company_name": "A company with a long name indeed"}
    lines = shown(run_table([run]), width=80)
    assert lines[0].split() == ["run", "status", "systems", "launched", "company"]
    assert lines[1].startswith(f"{run['run_id']}  escalated  0 of 2   03-01 12:30  A company")
    assert max(map(len, lines)) <= 80


def test_a_report_tells_what_was_left() -> None:
    report = REPORT.model_copy(update={"leftovers": ("an invitation",)}).model_dump(mode="json")
    assert shown(*report_lines(report)) == [
        "Acme Corp is onboarded into 2 of 2 systems.",
        " ✓ slack: done.",
        " ! left: an invitation",
    ]
