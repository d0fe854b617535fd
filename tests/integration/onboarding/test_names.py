"""Names of all kinds: each is onboarded as it is written, or refused in plain words."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.integration.caller import RUNS
from tests.integration.onboarding.conftest import Office
from tests.sandbox_server import MADE

JSON = {"content-type": "application/json"}
ACCEPTED = (
    "株式会社アクメ",
    "🚀",
    "👩‍🚀 Überraschung GmbH & Co. KG",
    "شركة أكمي",
    "C++ Labs",
    "C# Labs",
    "A" * 200,
    "株" * 200,
    "🚀" * 200,
    "../../etc",
    "{{7*7}}",
    "${7*7} %s {0}",
    "<script>alert(1)</script>",
    "<!channel> @everyone *Acme*",
    "Robert'); DROP TABLE runs;--",
    "...",
    "general",
)
REFUSED = {
    "nul": ("Acme\x00", "U+0000"),
    "high-surrogate": ("Acme\ud800", "half a surrogate pair"),
    "low-surrogate": ("\udc00Acme", "half a surrogate pair"),
    "swapped-surrogates": ("\ude80\ud83d", "half a surrogate pair"),
    "right-to-left-override": ("Acme\u202egpj.exe", "U+202E"),
    "isolate": ("Acme\u2066", "U+2066"),
    "newline": ("Acme\nCorp", "U+000A"),
    "escape": ("\x1b[31mAcme", "U+001B"),
    "private-use": ("Acme\ue000", "U+E000"),
    "too-long": ("A" * 201, "200"),
    "empty": ("", "empty"),
    "blank": ("  ", "empty"),
    "invisible": ("\u200b\u2060", "empty"),
}


async def onboarded(office: Office, name: str) -> dict[str, Any]:
    run = await office.parked(name)
    assert run["status"] == "awaiting_approval", name
    assert {change["kind"] for change in run["plan"]["changes"]} == {"create"}, name
    run = await office.decide(run["run_id"], "approve")
    assert run["status"] == "completed", (name, run["steps"])
    return run


async def test_every_name_is_onboarded_with_objects_of_its_own(office: Office) -> None:
    runs = await asyncio.gather(*(onboarded(office, name) for name in ACCEPTED))
    assert [run["company_name"] for run in runs] == list(ACCEPTED)
    assert all(step["status"] == "success" for run in runs for step in run["steps"])
    assert len({run["company"]["slug"] for run in runs}) == len(ACCEPTED)
    assert office.made() == {kind: count * len(ACCEPTED) for kind, count in MADE.items()}
    journal = office.sandbox.requests()
    assert [entry for entry in journal if entry["status"] >= 500] == []
    assert [entry for entry in journal if ".." in entry["path"]] == []


async def test_names_that_are_spelt_alike_for_the_systems_are_two_companies(
    office: Office,
) -> None:
    runs = [await onboarded(office, name) for name in ("C++ Labs", "C# Labs")]
    first, second = (run["company"]["slug"] for run in runs)
    assert first == "c-labs"
    assert second.startswith("c-labs-")
    channels = {channel["name"] for channel in office.sandbox.state()["slack"]["channel"]}
    assert {f"welcome-{first}", f"welcome-{second}"} <= channels
    for system in range(4):
        ids = [run["steps"][system]["resources"][0]["id"] for run in runs]
        assert ids[0] != ids[1]


@pytest.mark.parametrize("name", ["{{7*7}}", "<script>alert(1)</script>", "../../etc"])
async def test_name_is_text_and_nothing_else_wherever_it_is_shown(
    office: Office, name: str
) -> None:
    run = await onboarded(office, name)
    state = office.sandbox.state()
    assert [each["name"].partition(" [")[0] for each in state["brevo"]["list"]] == [name]
    assert [each["title"].partition(" [")[0] for each in state["grants"]["application"]] == [name]
    told = [run["plan"], run["report"], run["steps"], await office.events(run["run_id"])]
    assert all(name in json.dumps(each, ensure_ascii=False) for each in told)
    listed = (await office.http.get(RUNS, params={"company": name})).json()["items"]
    assert [each["run_id"] for each in listed] == [run["run_id"]]
    context = await office.http.get(f"{RUNS}/{run['run_id']}/context")
    assert context.headers["content-type"].startswith("text/plain")
    assert context.headers["x-content-type-options"] == "nosniff"
    assert "<script>" not in context.text
    async with httpx.AsyncClient(trust_env=False) as browser:
        pages = [office.sandbox.url + "/"]
        pages += [link for line in run["report"]["checklist"] for link in line["links"]]
        for page in pages:
            shown = await browser.get(page)
            assert shown.is_success, page
            assert "<script>" not in shown.text, page


@pytest.mark.parametrize(("name", "told"), REFUSED.values(), ids=REFUSED)
async def test_name_is_refused_in_plain_words_when_it_cannot_be_kept(
    office: Office, name: str, told: str
) -> None:
    body = json.dumps({"company_name": name}).encode()
    answer = await office.http.post(RUNS, content=body, headers=JSON)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid")
    assert told in problem["detail"]
    assert problem["advice"]
    assert "Acme" not in answer.text
    assert (await office.http.get(RUNS)).json()["items"] == []
    assert office.sandbox.requests() == []
