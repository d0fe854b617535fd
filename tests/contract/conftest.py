"""One sandbox for a module, one Mailman for all, as new for each test; each case in `cases/`."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from domain.plans import ChangeKind
from tests.contract.harness import Case, Stage, Stranger
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


_MET: dict[str, Callable[[Stranger], bool]] = {
    "stranger": lambda _: True,
    "rival": lambda one: not one.adoptable,
    "adopted": lambda one: one.kind is ChangeKind.CONFLICT and one.adoptable,
}
CASES = [_load(path) for path in sorted((Path(__file__).parent / "cases").glob("*.py"))]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that wants a `made` runs for each call of each case that makes something.

    One that wants a `stranger` runs for each that a case may meet, or that may be `adopted`.
    """
    if "made" in metafunc.fixturenames:
        pairs = [(case, made) for case in CASES for made in case.creating]
        ids = [f"{case.sandbox}-{made.resource}" for case, made in pairs]
        metafunc.parametrize(("case", "made"), pairs, ids=ids)
    elif name := next((one for one in _MET if one in metafunc.fixturenames), None):
        met = [
            (case, stranger)
            for case in CASES
            for stranger in case.strangers
            if _MET[name](stranger)
        ]
        ids = [f"{case.sandbox}-{stranger.name}" for case, stranger in met]
        metafunc.parametrize(("case", name), met, ids=ids)
    elif "case" in metafunc.fixturenames:
        metafunc.parametrize("case", CASES, ids=[case.sandbox for case in CASES])


@pytest.fixture(scope="session")
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
