"""What waits, asked in many ways; and a question that is more than that is not half answered."""

import json

import pytest
from langchain_core.messages import HumanMessage

from reasoning.supervisor_rules import supervise

ASKED = """
Which launches wait for me?
what waits for me?
What's pending?
Which runs are waiting for my approval?
Which onboardings need approval?
What needs my attention?
Is there anything waiting for me?
Do I have anything to approve?
Are any launches pending?
how many launches are waiting?
Can you tell me which launches are waiting for me?
show me my approvals
Was wartet auf mich?
Welche Läufe warten auf mich?
Gibt es etwas für mich?
offene Freigaben
¿Qué me espera?
¿Qué lanzamientos me esperan?
¿Hay algo pendiente?
Qu’est-ce qui m’attend ?
Quels lancements m’attendent ?
Cosa mi aspetta?
Quali richieste sono in attesa?
O que me espera?
Quais pedidos aguardam?
Wat wacht op mij?
Welke onboardings wachten op mij?
何が私を待っていますか？
承認待ちはありますか？
哪些启动在等我？
무엇이 나를 기다리고 있나요?
""".strip().splitlines()
NOT_ONLY = """
what waits for me, and onboard Acme
which launches wait for me and approve them
what waits for me; retry GitHub for Globex
Is Acme waiting?
Why does Acme wait?
onboard Pending Inc
Onboard Waiting Ltd in Slack
approve what waits for me
""".strip().splitlines()
LISTED = [("list_runs", {"which": "waiting"})]


def calls(text: str) -> list[tuple[str, object]]:
    framed = json.dumps({"message": text, "snapshot": {"systems": ["slack", "github"]}})
    found = supervise([HumanMessage(framed, id="m1")], ()).tool_calls
    return [(call["name"], call["args"]) for call in found]


@pytest.mark.parametrize("text", ASKED)
def test_what_waits_is_listed(text: str) -> None:
    assert calls(text) == LISTED


@pytest.mark.parametrize("text", NOT_ONLY)
def test_another_wish_is_not_taken_for_that_question(text: str) -> None:
    assert calls(text) != LISTED
