"""A plan without a run: the truth, and not a trace."""

from tests.integration.caller import RUNS
from tests.integration.onboarding.conftest import Office

PREVIEW = f"{RUNS}:preview"


async def _preview(office: Office, **body: object) -> dict[str, object]:
    answer = await office.http.post(PREVIEW, json={"company_name": "Acme Corp", **body})
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


async def test_preview_is_the_plan_of_the_launch_that_follows(office: Office) -> None:
    shown = await _preview(office, contacts=[{"github": "octo-dana"}])
    run = await office.parked(contacts=[{"github": "octo-dana"}])
    assert shown["changes"] == run["plan"]["changes"]
    assert shown["company"] == run["company"]


async def test_preview_leaves_no_trace(office: Office) -> None:
    await _preview(office)
    assert office.sandbox.writes() == []
    assert (await office.http.get(RUNS)).json()["items"] == []
    other = await office.parked("ACME-Corp")
    assert other["company"]["name"] == "ACME-Corp"


async def test_preview_shows_what_is_adopted_when_the_company_is_there(office: Office) -> None:
    run = await office.parked()
    await office.move(run["run_id"], "resume", {"approved": True, "responder": "dana"})
    await office.wait(run["run_id"])
    shown = await _preview(office)
    kinds = {change["kind"] for change in shown["changes"]}  # type: ignore[attr-defined]
    assert kinds <= {"adopt", "no_op"}


async def test_preview_shows_a_system_as_blocked_when_it_cannot_be_read(office: Office) -> None:
    office.sandbox.fault(system="github", method="GET", path_regex=".*", kind="status", status=503)
    shown = await _preview(office)
    blocked = {
        change["system"]
        for change in shown["changes"]  # type: ignore[attr-defined]
        if change["kind"] == "blocked"
    }
    assert blocked == {"github"}


async def test_preview_refuses_what_a_launch_refuses(office: Office) -> None:
    answer = await office.http.post(PREVIEW, json={"company_name": "\u0000"})
    assert answer.status_code == 422
    answer = await office.http.post(PREVIEW, json={"company_name": "Acme", "systems": ["fax"]})
    assert answer.status_code == 422
