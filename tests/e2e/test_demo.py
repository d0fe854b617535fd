"""`agentos demo`: three runs on the same data, on a terminal, without one, and for a program.

No proxy answers meanwhile, as on a machine without network.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx
import pytest

from sandbox.store import Store
from tests.e2e.running import AGENTOS
from tests.e2e.terminal import on_terminal, seen

pytestmark = pytest.mark.e2e

COLUMNS = 80
LINK = re.compile(r"http://127\.0\.0\.1:\d+/\S*")


@dataclass(frozen=True)
class Demos:
    """What was shown; `made` is what the systems held after each run."""

    on_terminal: str
    plain: str
    links: dict[str, int]
    events: str
    codes: list[int]
    made: list[dict[str, int]]


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demos]:
    folder = tmp_path_factory.mktemp("demo")
    command = (*AGENTOS, "demo", "--data", str(folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            patch.setenv(name, "http://127.0.0.1:9")
        patch.setenv("TERM", "xterm-256color")
        first, written = on_terminal(command, COLUMNS)
        made = [_held(folder)]
        second, plain, links = _kept((*command, "--keep"))
        made.append(_held(folder))
        third = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=60)
        made.append(_held(folder))
        assert third.stderr.rpartition(" ")[0] == "The head of the audit log is"
        codes = [first, second, third.returncode]
        yield Demos(written, plain, links, third.stdout, codes, made)


def _kept(command: tuple[str, ...]) -> tuple[int, str, dict[str, int]]:
    """The exit code, what was printed, and what each link answered while it was running."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as demo:
        assert demo.stdout and demo.stderr
        shown = _up_to("until you press Enter", demo.stderr) + _up_to("make dev", demo.stdout)
        addresses = set(LINK.findall(shown))
        links = {link: httpx.get(link, trust_env=False).status_code for link in addresses}
        rest, _ = demo.communicate("\n", timeout=30)
    return demo.returncode, shown + rest, links


def _up_to(words: str, lines: IO[str]) -> str:
    text = ""
    while words not in text:
        line = lines.readline()
        assert line, text
        text += line
    return text


def _held(folder: Path) -> dict[str, int]:
    store = Store(folder / "sandbox.db")
    try:
        kinds = [kind for kind in store.kinds() if kind[0] != "_sandbox"]
        return {f"{system}/{kind}": len(store.all(system, kind)) for system, kind in kinds}
    finally:
        store.close()


def test_each_run_succeeds_and_only_the_first_makes_anything(demos: Demos) -> None:
    assert demos.codes == [0, 0, 0]
    first, second, third = demos.made
    assert (first["slack/message"], first["brevo/list"], first["grants/application"]) == (1, 1, 1)
    assert first == second == third


def test_the_story_is_told_in_order(demos: Demos) -> None:
    lines = seen(demos.on_terminal)
    places = [
        next(at for at, line in enumerate(lines) if line.startswith(beginning))
        for beginning in (
            "1. Launched Acme Corp as run_",
            "2. The plan, before anything is made:",
            "  + create the private channel #welcome-acme-corp",
            "The systems' own count says: nothing was changed so far.",
            "3. demo operator approves exactly this plan",
            "4. What the company has now:",
            "  + made    channel #welcome-acme-corp",
            "    http://127.0.0.1:",
            "Counted by the systems themselves: brevo +1, github +3, grants +1, slack +2.",
            "5. The report:",
            "Acme Corp is onboarded into 4 of 4 systems.",
        )
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("system", ["slack", "github", "newsletter", "grants"])
def test_each_system_shows_its_progress(demos: Demos, system: str) -> None:
    text = "\n".join(seen(demos.on_terminal))
    assert f"  {system:<11} started" in text
    assert f"  {system:<11} read back, as planned" in text
    assert re.search(rf"^{system} +\S+  1 of \d  \+ ", text, re.MULTILINE), "the board"


def test_nothing_is_wider_than_the_terminal_but_links(demos: Demos) -> None:
    wide = [line for line in seen(demos.on_terminal) if len(line) > COLUMNS]
    assert [line for line in wide if not LINK.search(line)] == []


def test_without_a_terminal_there_are_no_movements_and_whole_lines(demos: Demos) -> None:
    assert "\x1b" not in demos.plain
    assert (
        "  = adopt Acme Corp [agentos:co_acb7e90f9bd2ad11]. It was made for this company earlier."
    ) in demos.plain.splitlines()


def test_the_second_run_says_that_it_adopts(demos: Demos) -> None:
    assert "  = adopted channel #welcome-acme-corp" in demos.plain
    assert "+ made" not in demos.plain
    assert "brevo +0, github +0, grants +0, slack +0." in demos.plain
    assert (
        "Everything was there already: this run adopted it and made nothing twice." in demos.plain
    )


def test_every_link_opens_while_the_demo_is_kept(demos: Demos) -> None:
    kinds = (
        "/slack/archives/",
        "/view/github/team/",
        "/view/github/repository/",
        "/brevo/contact/",
    )
    for kind in (*kinds, "/grants/applications/", "/docs"):
        assert any(kind in address for address in demos.links), kind
    assert set(demos.links.values()) == {200}


def test_a_program_gets_nothing_but_events(demos: Demos) -> None:
    events = [json.loads(line) for line in demos.events.splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["type"] == "run_completed"
