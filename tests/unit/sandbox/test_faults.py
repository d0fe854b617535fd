"""Every fault of the sandbox as a client meets it on the wire, and what is left of the effect."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from sandbox import faults, seed
from tests.sandbox_server import SandboxServer
from tests.unit.sandbox import clients
from tests.unit.sandbox.clients import ORG

DISCONNECTED = (httpx.ReadError, httpx.RemoteProtocolError)
SYSTEMS = ("slack", "github", "brevo", "grants")
CREATING: dict[str, tuple[str, dict[str, Any], str]] = {
    "slack": ("conversations.create", {"name": "acme"}, "channel"),
    "github": (f"{ORG}/teams", {"name": "acme"}, "team"),
    "brevo": ("/contacts/lists", {"name": "Acme", "folderId": seed.BREVO_FOLDER_ID}, "list"),
    "grants": (
        "/applications/start",
        {"title": "Acme", "competitionId": seed.GRANTS_COMPETITION_ID},
        "application",
    ),
}
"""The call that creates in each system, and what it makes."""


class Bench:
    """One system, its creating call, and what came of it."""

    def __init__(self, server: SandboxServer, system: str, client: httpx.Client) -> None:
        self.server, self.system, self.client = server, system, client
        self.path, self.body, self.kind = CREATING[system]
        self._before = self._count()

    def create(self) -> httpx.Response:
        return self.client.post(self.path, json=self.body)

    def made(self) -> int:
        return self._count() - self._before

    def _count(self) -> int:
        return self.server.counts().get(self.system, {}).get(self.kind, 0)

    def arm(self, kind: str, **values: Any) -> None:
        self.server.fault(system=self.system, kind=kind, **values)

    def last(self) -> tuple[int | None, str | None]:
        """What the journal says: the status that the client saw, and the fault."""
        entry = self.server.requests()[-1]
        return entry["status"], entry["fault"]


@pytest.fixture(params=SYSTEMS)
def bench(request: pytest.FixtureRequest, sandbox: SandboxServer) -> Iterator[Bench]:
    with getattr(clients, request.param)(sandbox) as client:
        yield Bench(sandbox, request.param, client)


@pytest.fixture
def slack(sandbox: SandboxServer) -> Iterator[Bench]:
    with clients.slack(sandbox) as client:
        yield Bench(sandbox, "slack", client)


def test_nothing_goes_wrong_unasked(bench: Bench) -> None:
    """The negative control of all below."""
    assert bench.create().is_success
    assert (bench.made(), bench.last()[1]) == (1, None)


def test_a_connection_is_cut_before_the_effect(bench: Bench) -> None:
    bench.arm("reset_before")
    with pytest.raises(DISCONNECTED):
        bench.create()
    assert (bench.made(), bench.last()) == (0, (None, "reset_before"))


def test_an_answer_is_lost_after_the_effect(bench: Bench) -> None:
    bench.arm("lost_after_effect")
    with pytest.raises(DISCONNECTED):
        bench.create()
    assert (bench.made(), bench.last()) == (1, (None, "lost_after_effect"))


def test_a_gateway_fails_after_the_effect(bench: Bench) -> None:
    bench.arm("status_after_effect")
    assert bench.create().status_code == 502
    assert (bench.made(), bench.last()) == (1, (502, "status_after_effect"))


def test_an_answer_is_cut_short_after_the_effect(bench: Bench) -> None:
    bench.arm("truncated_json")
    answer = bench.create()
    assert answer.is_success
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answer.json()
    assert bench.made() == 1


@pytest.mark.parametrize("status", [500, 503, 504])
def test_a_system_fails_without_an_effect(bench: Bench, status: int) -> None:
    bench.arm("status", status=status)
    assert bench.create().status_code == status
    assert (bench.made(), bench.last()) == (0, (status, "status"))


def test_a_page_for_people_comes_in_the_place_of_an_answer(bench: Bench) -> None:
    bench.arm("html_200")
    answer = bench.create()
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html")
    assert answer.text.startswith("<html>")
    assert bench.made() == 0


def test_a_slow_answer_is_an_answer_to_who_waits(bench: Bench) -> None:
    bench.arm("slow", seconds=0.3, times=2)
    with pytest.raises(httpx.ReadTimeout):
        bench.client.get("/", timeout=0.05)
    assert bench.create().is_success
    assert bench.made() == 1


def test_a_credential_is_revoked(bench: Bench) -> None:
    bench.arm("auth_revoked")
    answer = bench.create()
    if bench.system == "slack":
        assert (answer.status_code, answer.json()["error"]) == (200, "token_revoked")
    else:
        assert answer.status_code == 401
    assert bench.made() == 0


def test_a_rate_is_limited_as_the_vendor_says_it(bench: Bench) -> None:
    bench.arm("rate_limit", retry_after=7)
    answer = bench.create()
    assert answer.status_code == (403 if bench.system == "github" else 429)
    header = "x-sib-ratelimit-reset" if bench.system == "brevo" else "retry-after"
    assert answer.headers[header] == "7"
    assert bench.made() == 0


def test_the_time_to_wait_may_be_a_date(bench: Bench) -> None:
    bench.arm("rate_limit", retry_after=3600, style="http_date")
    told = parsedate_to_datetime(bench.create().headers["retry-after"])
    assert told > datetime.now(UTC)


def test_the_time_to_wait_may_be_told_by_the_reset_alone(bench: Bench) -> None:
    bench.arm("rate_limit", retry_after=3600, style="reset_header")
    headers = bench.create().headers
    assert "retry-after" not in headers
    if bench.system == "brevo":
        assert headers["x-sib-ratelimit-reset"] == "3600"
    else:
        assert headers["x-ratelimit-remaining"] == "0"
        assert int(headers["x-ratelimit-reset"]) > datetime.now(UTC).timestamp()


def test_the_time_to_wait_may_be_untold(bench: Bench) -> None:
    bench.arm("rate_limit", style="none")
    headers = bench.create().headers
    assert {"retry-after", "x-ratelimit-reset", "x-sib-ratelimit-reset"}.isdisjoint(headers)


def test_reads_are_stale_for_a_while_and_writes_are_not(bench: Bench) -> None:
    reads = {
        "slack": "conversations.list",
        "github": f"{ORG}/teams",
        "brevo": "/contacts/lists",
        "grants": "/applications/search?filters={}&sorting={}",
    }
    method = "POST" if bench.system in ("slack", "grants") else "GET"
    fresh = bench.client.request(method, reads[bench.system]).text
    bench.arm("eventual", reads=2)
    assert bench.create().is_success
    seen = [bench.client.request(method, reads[bench.system]).text for _ in range(3)]
    assert seen[:2] == [fresh, fresh]
    assert "acme" in seen[2].lower()
    assert bench.made() == 1


def test_a_fault_strikes_once_unless_told_otherwise(slack: Bench) -> None:
    slack.arm("status")
    assert [slack.create().status_code for _ in range(2)] == [503, 200]


def test_a_fault_skips_and_then_strikes_so_many_times(slack: Bench) -> None:
    slack.arm("status", skip=1, times=2)
    assert [slack.create().status_code for _ in range(4)] == [200, 503, 503, 200]


def test_a_fault_stays_until_it_is_disarmed_when_it_has_no_number(slack: Bench) -> None:
    slack.arm("status", times=0)
    assert [slack.create().status_code for _ in range(4)] == [503] * 4
    slack.server.heal()
    assert slack.create().status_code == 200


def test_a_fault_strikes_only_the_path_that_it_names(slack: Bench) -> None:
    slack.arm("status", path_regex=r"/conversations\.create$")
    assert slack.client.post("auth.test").status_code == 200
    assert slack.create().status_code == 503


def test_a_fault_strikes_only_the_method_that_it_names(slack: Bench) -> None:
    slack.arm("status", method="POST")
    assert slack.client.get("auth.test").status_code == 200
    assert slack.create().status_code == 503


def test_a_fault_strikes_only_its_system_or_all_of_them(sandbox: SandboxServer) -> None:
    with clients.slack(sandbox) as slack, clients.github(sandbox) as github:
        sandbox.fault(system="github", kind="status")
        assert slack.post("auth.test").status_code == 200
        assert github.get(ORG).status_code == 503
        sandbox.fault(kind="status", times=2)
        assert slack.post("auth.test").status_code == 503
        assert github.get(ORG).status_code == 503


def test_faults_strike_one_after_another_in_the_order_of_arming(slack: Bench) -> None:
    slack.arm("status", status=500)
    slack.arm("status", status=503)
    assert [slack.create().status_code for _ in range(3)] == [500, 503, 200]


def test_every_kind_is_shown_here() -> None:
    shown = {
        "rate_limit", "status", "slow", "reset_before", "lost_after_effect", "status_after_effect",
        "html_200", "truncated_json", "auth_revoked", "eventual",
    }  # fmt: skip
    assert shown == faults.KINDS
