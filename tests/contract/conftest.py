"""One sandbox for a module, one Mailman for all, as new for each test; each case in `cases/`."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.harness import Case, Stage
from tests.mailman_core import Core, mailman_core
from tests.mailman_server import MailmanServer, mailman_server
from tests.sandbox_server import SandboxServer, sandbox_server


def _load(path: Path) -> Case:
    spec = importlib.util.spec_from_file_location(f"tests.contract.cases.{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = module.CASE
    assert isinstance(found, Case)
    return found


CASES = [_load(path) for path in sorted((Path(__file__).parent / "cases").glob("*.py"))]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that wants a `made` runs for each call of each case that makes something.

    One that wants a `stranger` runs for the cases in which there can be one.
    """
    if "made" in metafunc.fixturenames:
        pairs = [(case, made) for case in CASES for made in case.creating]
        ids = [f"{case.sandbox}-{made.resource}" for case, made in pairs]
        metafunc.parametrize(("case", "made"), pairs, ids=ids)
    elif "stranger" in metafunc.fixturenames:
        contested = [(case, case.stranger) for case in CASES if case.stranger]
        ids = [case.sandbox for case, _ in contested]
        metafunc.parametrize(("case", "stranger"), contested, ids=ids)
    elif "case" in metafunc.fixturenames:
        metafunc.parametrize("case", CASES, ids=[case.sandbox for case in CASES])


@pytest.fixture(scope="module")
def running() -> Iterator[SandboxServer]:
    with sandbox_server() as server:
        yield server


@pytest.fixture
def sandbox(running: SandboxServer) -> SandboxServer:
    running.reset()
    return running


@pytest.fixture(scope="session")
def core() -> Iterator[Core]:
    with mailman_core() as started:
        yield started


@pytest.fixture(scope="module")
def before_core(core: Core) -> Iterator[MailmanServer]:
    with mailman_server(core) as server:
        yield server


@pytest.fixture
def mailman(before_core: MailmanServer) -> MailmanServer:
    before_core.reset()
    return before_core


@pytest.fixture
def stage(request: pytest.FixtureRequest, case: Case) -> Stage:
    server = request.getfixturevalue(case.home)
    return Stage(case, server, server.counts().get(case.sandbox, {}))
