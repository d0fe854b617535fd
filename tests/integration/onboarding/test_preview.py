"""A plan without a run: the truth, and not a trace."""

from typing import Any

from tests.integration.caller import RUNS
from tests.integration.onboarding.conftest import Office

PREVIEW = f"{RUNS}:preview"


async def _preview(office: Office, **body: object) -> dict[str, Any]:
    answer = await office.http.post(PREVIEW, json={"company_name": "Acme Corp", **body})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
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
    kinds = {change["kind"] for change in shown["changes"]}
    assert kinds <= {"adopt", "no_op"}


async def test_preview_shows_a_system_as_blocked_when_it_cannot_be_read(office: Office) -> None:
    office.sandbox.fault(system="github", method="GET", path_regex=".*", kind="status", status=503)
    shown = await _preview(office)
    blocked = {change["system"] for change in shown["changes"] if change["kind"] == "blocked"}
    assert blocked == {"github"}


async def test_preview_refuses_what_a_launch_refuses(office: Office) -> None:
    answer = await office.http.post(PREVIEW, json={"company_name": "\u0000"})
    assert answer.status_code == 422
    answer = await office.http.post(PREVIEW, json={"company_name": "Acme", "systems": ["fax"]})
    assert answer.status_code == 422


WORDS = "Please onboard Acme Corp to Slack and GitHub. Contact is Dana Reyes, dana@acme.example."


async def in_words(office: Office, text: str, **body: object) -> dict[str, Any]:
    return await _preview(office, company_name=None, request=text, **body)


async def test_a_request_in_words_is_previewed_as_a_launch_reads_it(office: Office) -> None:
    shown = await in_words(office, WORDS)
    answer = await office.http.post(RUNS, json={"request": WORDS})
    run = await office.wait(answer.json()["run_id"])
    assert shown["systems"] == run["plan"]["systems"] == ["slack", "github"]
    assert shown["changes"] == run["plan"]["changes"]
    assert shown["company"] == run["company"]
    assert (shown["question"], shown["others"]) == (None, [])


async def test_each_company_of_a_request_has_its_plan_beside_the_question(office: Office) -> None:
    shown = await in_words(office, "Onboard Acme to Slack, and Globex to grants.")
    assert "Shall 2 runs be started" in shown["question"]
    assert (shown["company"]["name"], shown["systems"]) == ("Acme", ["slack"])
    (other,) = shown["others"]
    assert (other["company"]["name"], other["systems"]) == ("Globex", ["grants"])
    assert {change["system"] for change in other["changes"]} == {"grants"}
    assert office.sandbox.writes() == []
    assert (await office.http.get(RUNS)).json()["items"] == []


async def test_what_words_leave_open_is_the_question_of_the_launch(office: Office) -> None:
    shown = await in_words(office, "Please onboard our new client to Slack.")
    assert shown["question"] == "Which company shall be onboarded?"
    assert (shown["company"], shown["changes"]) == (None, [])
    shown = await _preview(office, request="Onboard Globex to Slack.")
    assert "names Globex. Which is meant?" in shown["question"]


async def test_systems_of_the_body_hold_for_words_that_choose_none(office: Office) -> None:
    shown = await in_words(office, "Onboard Acme Corp.", systems=["grants"])
    assert shown["systems"] == ["grants"]
    answer = await office.http.post(
        RUNS, json={"request": "Onboard Acme Corp.", "systems": ["grants"]}
    )
    run = await office.wait(answer.json()["run_id"])
    assert run["plan"]["systems"] == ["grants"]
    shown = await in_words(office, "Onboard Acme Corp to Slack.", systems=["grants"])
    assert "Which systems are meant?" in shown["question"]


async def test_people_for_the_newsletter_alone_are_previewed_so(office: Office) -> None:
    text = (
        "Onboard Acme Corp. The newsletter goes to news@acme.example, contact is dana@acme.example"
    )
    shown = await in_words(office, text)
    answer = await office.http.post(RUNS, json={"request": text})
    run = await office.wait(answer.json()["run_id"])
    assert shown["changes"] == run["plan"]["changes"]
    mails = [change["system"] for change in shown["changes"] if change["sends_mail"]]
    assert mails == ["github", "newsletter", "newsletter"]
