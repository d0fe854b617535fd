"""The house keeps its rules, and each rule notices when it is broken."""

import subprocess
from pathlib import Path

import pytest

from tests.unit.house import rules
from tests.unit.house.rules import RULES, Rule
from tests.unit.house.tree import Tree

HERE = Tree(Path(__file__).parents[3])
NODE = "builder.add_node('planner', planner)"
TRIED = """'It may be missing.'

def f():
    try:
        import extra
    except ImportError:
        pass
"""
LOCKED = "h11==0.16.0 \\\n    --hash=sha256:00\n"

BROKEN: tuple[tuple[Rule, dict[str, str]], ...] = (
    (rules.files_are_short, {"nodes/long.py": "x = 1\n" * 301}),
    (rules.files_are_short, {"server/console/long.css": "\n" * 301}),
    (rules.the_machine_fits_one_screen, {"graph/build.py": "x = 1\n" * 61}),
    (rules.names_say_something, {"server/utils.py": ""}),
    (rules.names_say_something, {"server/core/runs.py": ""}),
    (rules.names_say_something, {"tests/unit/Helpers.py": ""}),
    (rules.packages_are_empty, {"graph/__init__.py": "from graph.build import build\n"}),
    (rules.packages_are_empty, {"graph/__init__.py": '"""One.\n\nTwo."""\n'}),
    (rules.packages_are_empty, {"graph/__init__.py": '"""One."""\nx = 1\n'}),
    (rules.modules_say_what_they_are, {"nodes/silent.py": "x = 1\n"}),
    (rules.the_environment_is_read_in_one_place, {"systems/x.py": "import os\nos.environ\n"}),
    (rules.the_environment_is_read_in_one_place, {"systems/x.py": "from os import getenv\n"}),
    (rules.nothing_prints, {"nodes/loud.py": "print(1)\n"}),
    (rules.graph_is_the_package, {"graph/build.py": "graph = 1\n"}),
    (rules.graph_is_the_package, {"tests/x.py": "def f(graph): pass\n"}),
    (rules.graph_is_the_package, {"tests/x.py": "import networkx as graph\n"}),
    (rules.imports_stand_at_the_top, {"server/late.py": "def f():\n    import os\n"}),
    (rules.imports_stand_at_the_top, {"server/late.py": "async def f():\n    from a import b\n"}),
    (rules.imports_stand_at_the_top, {"server/late.py": TRIED.replace("ImportError", "OSError")}),
    (rules.nodes_have_a_file_of_their_name, {"graph/build.py": NODE}),
    (
        rules.nodes_have_a_file_of_their_name,
        {"graph/build.py": NODE, "nodes/planner.py": "def planner(state, runtime): pass\n"},
    ),
    (
        rules.nodes_have_a_file_of_their_name,
        {"graph/build.py": NODE, "nodes/planner.py": "async def planner(state): pass\n"},
    ),
    (rules.no_registry_is_named, {"README.md": "--index-url https://py" + "pi.org/simple\n"}),
    (rules.nobodys_machine_is_named, {"docs/start.md": "cd /ho" + "me/dana/agentos\n"}),
    (rules.there_is_one_lock, {"uv.lock": ""}),
    (rules.there_is_one_lock, {"requirements.lock": "h11==0.16.0\n" + LOCKED}),
    (rules.there_is_one_lock, {"requirements.lock": "h11 @ https://example.com/h11.whl\n"}),
    (rules.there_is_one_lock, {"requirements-other.lock": "h11==0.16.0\n"}),
    (rules.there_is_one_lock, {"requirements.lock": "--index-url https://a.example\n" + LOCKED}),
)
KEPT = {
    "agentos/cli/quick.py": '"""A command."""\n\n\ndef f():\n    import os\n',
    "agentos/settings.py": '"""Settings."""\n\nimport os\n\nALL = os.environ\n',
    "graph/__init__.py": '"""The machine."""\n',
    "graph/build.py": f'"""The machine."""\n\nimport graph\n\n{NODE}\n',
    "nodes/__init__.py": "",
    "nodes/planner.py": '"""It plans."""\n\n\nasync def planner(state, runtime): pass\n',
    "requirements.lock": LOCKED * 2,
    "server/optional.py": TRIED,
    "server/long.py": '"""Just so."""\n' + "\n" * 299,
}


def plant(folder: Path, files: dict[str, str]) -> Tree:
    """A checkout that holds just these files."""
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return Tree(folder)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_is_kept(rule: Rule) -> None:
    assert list(rule(HERE)) == []


@pytest.mark.parametrize(
    ("rule", "files"), BROKEN, ids=[f"{rule.__name__}-{n}" for n, (rule, _) in enumerate(BROKEN)]
)
def test_rule_is_broken_when_a_file_offends(
    rule: Rule, files: dict[str, str], tmp_path: Path
) -> None:
    assert len(list(rule(plant(tmp_path, files)))) == 1


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_is_kept_when_it_has_just_not_been_broken(rule: Rule, tmp_path: Path) -> None:
    assert list(rule(plant(tmp_path, KEPT))) == []


def test_every_rule_is_seen_broken() -> None:
    assert {rule for rule, _ in BROKEN} == set(RULES)


def test_file_is_not_of_the_house_when_git_ignores_it(tmp_path: Path) -> None:
    tree = plant(tmp_path, {".gitignore": "uv.lock\ntmp/\n", "uv.lock": "", "tmp/a.py": "x = 1\n"})
    assert tree.names == (".gitignore",)
