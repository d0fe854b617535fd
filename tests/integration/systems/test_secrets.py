"""No credential, and no address of a person, where it has no business."""

import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from agentos.sandboxed import sandbox_variables
from sandbox import seed
from tests.integration.caller import RUNS
from tests.integration.onboarding.conftest import Office, opened
from tests.sandbox_server import SandboxServer

PERSON = "canary.dana"
CONTACTS = [
    {"name": "Dana", "email": f"{PERSON}@example.com"},
    {"name": "Guest", "github": "octo-guest", "email": f"{PERSON}@example.org"},
]
TROUBLES: dict[str, dict[str, Any]] = {
    "nothing happens": {"kind": "slow", "seconds": 0},
    "credentials are revoked": {"kind": "auth_revoked", "times": 0},
    "pages come instead": {"kind": "html_200", "times": 3},
    "answers are cut off": {"kind": "truncated_json", "times": 3},
    "answers are lost": {"kind": "lost_after_effect", "times": 3},
    "systems are out of order": {"kind": "status", "status": 503, "times": 0},
    "the rate is limited": {"kind": "rate_limit", "retry_after": 1, "times": 3},
    "all is refused": {"kind": "status", "status": 422, "times": 0},
}
"""What befalls all systems once the plan is made."""


@pytest.fixture
def key(sandbox: SandboxServer) -> str:
    """The private key of the App."""
    return httpx.get(f"{sandbox.url}/_sandbox/github/app.pem", trust_env=False).text


@pytest.fixture
def secrets(key: str) -> list[str]:
    lines = [line for line in key.splitlines() if "--" not in line]
    tokens = [seed.SLACK_BOT_TOKEN, seed.BREVO_API_KEY, seed.GRANTS_TOKEN, "ghs_sandbox0"]
    return [*tokens, lines[1], lines[-2]]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that anybody has to say."""
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.fixture
async def office(
    tmp_path: Path, sandbox: SandboxServer, key: str, log: pytest.LogCaptureFixture
) -> AsyncIterator[Office]:
    """A service that takes the sandbox for the real systems, and works in GitHub as an App."""
    app = {
        "SANDBOX": "0",
        "GITHUB_TOKEN": "",
        "GITHUB_APP_ID": seed.GITHUB_APP_ID,
        "GITHUB_INSTALLATION_ID": str(seed.GITHUB_INSTALLATION_ID),
        "GITHUB_PRIVATE_KEY": key,
        "SLACK_CONNECT": "managed",
    }
    async with opened(tmp_path, sandbox, sandbox_variables(sandbox.url) | app) as office:
        yield office


def texts(value: Any) -> Iterator[str]:
    """All that an answer says but for the people whom the caller has named."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "contacts":
                yield name
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    else:
        yield str(value)


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_nothing_secret_is_told_when(
    office: Office, log: pytest.LogCaptureFixture, secrets: list[str], trouble: str
) -> None:
    run_id = (await office.parked(contacts=CONTACTS))["run_id"]
    for system in ("slack", "github", "brevo", "grants"):
        office.sandbox.fault(system=system, **TROUBLES[trouble])
    run = await office.decide(run_id, "approve")
    kept = b"".join(path.read_bytes() for path in office.store.parent.iterdir())
    office.sandbox.heal()
    if run["status"] == "escalated":
        run = await office.decide(run_id, "rollback")
    answers: list[Any] = [run, await office.events(run_id)]
    answers.append((await office.http.get(f"{RUNS}?limit=5")).json())
    context = (await office.http.get(f"{RUNS}/{run_id}/context")).text.splitlines()
    answers += [line for line in context if not line.startswith(("<company>", "<request>"))]
    told = "\n".join(texts(answers))
    assert run_id in told
    assert [secret for secret in (*secrets, PERSON) if secret in told] == []
    assert [secret for secret in (*secrets, PERSON) if secret in log.text] == []
    assert [secret for secret in secrets if secret in json.dumps(answers)] == []
    assert [secret for secret in secrets if secret.encode() in kept] == []


async def test_a_refusal_does_not_repeat_an_address(
    office: Office, log: pytest.LogCaptureFixture
) -> None:
    for contact in ({"email": f"{PERSON}@@x"}, {"email": f"{PERSON}@example.com", "x": PERSON}):
        answer = await office.http.post(RUNS, json={"company_name": "A", "contacts": [contact]})
        assert answer.status_code == 422
        assert PERSON not in answer.text
    assert PERSON not in log.text


@pytest.mark.parametrize("library", ["httpx", "aiosqlite", "slack_sdk"])
async def test_libraries_would_tell_addresses_if_they_were_not_kept_quiet(
    office: Office, log: pytest.LogCaptureFixture, library: str
) -> None:
    log.set_level(logging.DEBUG, logger=library)
    run = await office.parked(contacts=CONTACTS)
    if library == "slack_sdk":
        assert (await office.decide(run["run_id"], "approve"))["status"] == "completed"
    assert PERSON in log.text
