"""What the documents say is so: settings, links, targets and the picture of the graph."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from agentos.settings import Settings
from graph.topology import as_mermaid
from systems.registry import modules
from systems.variables import Options

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted(
    str(path.relative_to(ROOT))
    for pattern in ("*.md", "docs/**/*.md", "systems/*.md")
    for path in ROOT.glob(pattern)
)
OPTIONS = (
    "systems.slack.options",
    "systems.github.options",
    "systems.newsletter.system",
    "systems.newsletter.brevo.options",
    "systems.newsletter.mailman.options",
    "systems.grants.options",
)


def _variables() -> set[str]:
    own = {name.upper() for name in Settings.model_fields if name != "environment"}
    models = [
        model
        for module in OPTIONS
        for model in vars(import_module(module)).values()
        if isinstance(model, type) and issubclass(model, Options) and model is not Options
    ]
    fields = [field for model in models for field in model.model_fields.values()]
    return own | {field.alias for field in fields if field.alias}


def test_every_variable_is_described_and_no_other() -> None:
    text = (ROOT / "docs/settings.md").read_text()
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`([A-Z_]+)`", " ".join(rows))) == _variables()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_within_the_repository_lead_somewhere(document: str) -> None:
    path = ROOT / document
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text())
    missing = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_variables_that_are_named_exist(document: str) -> None:
    prefixes = "|".join(prefix for module in modules().values() for prefix in module.PREFIXES)
    named = re.findall(rf"`((?:{prefixes})[A-Z_]+)", (ROOT / document).read_text())
    assert set(named) <= _variables()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_targets_of_make_that_are_named_exist(document: str) -> None:
    named = set(re.findall(r"^make ([a-z-]+)", (ROOT / document).read_text(), re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named <= targets


def test_the_picture_in_the_readme_is_the_graph() -> None:
    picture = (ROOT / "README.md").read_text().split("```mermaid\n")[1].split("```")[0]
    assert picture == as_mermaid() + "\n"


def _factors(text: str) -> list[tuple[int, str, str]]:
    """The rows of the table of factors: number, test and its file."""
    row = r"^\| (\d+) \| .+ \| \[(test_\w+)\]\((tests/[\w/]+\.py)\) \|$"
    return [(int(n), test, file) for n, test, file in re.findall(row, text, re.MULTILINE)]


def _unproved(text: str) -> list[int]:
    """Factors whose test is not there."""
    return [
        number
        for number, test, file in _factors(text)
        if not (ROOT / file).exists() or f"def {test}(" not in (ROOT / file).read_text()
    ]


def test_each_factor_is_held_by_a_test_that_is_there() -> None:
    text = (ROOT / "README.md").read_text()
    assert [number for number, _, _ in _factors(text)] == list(range(1, 14))
    assert _unproved(text) == []


def test_factor_is_not_held_when_its_test_is_called_otherwise() -> None:
    text = (ROOT / "README.md").read_text()
    _, test, _ = _factors(text)[3]
    assert _unproved(text.replace(f"[{test}]", "[test_nobody_wrote]", 1)) == [4]
