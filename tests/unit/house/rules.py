"""The rules of the house; each names the places that break it."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from tests.unit.house.tree import Tree

MAX_LINES = 300
SCREEN_LINES = 60
_CODE = frozenset({".py", ".sql", ".js", ".css", ".html", ".toml", ".sh", ".mako"})
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
_EMPTY_NAMES = frozenset({"utils", "helpers", "common", "base", "manager", "core"})
_READERS = frozenset({"agentos/settings.py", "tests/conftest.py"})
_ENVIRONMENT = frozenset({"environ", "environb", "getenv", "getenvb", "putenv"})
# Written so that this file does not hold what it looks for.
_REGISTRY = re.compile(r"py[p]i\.(org|python)|python[h]osted\.|npm[j]s\.|crates[.]io|conda[.]org")
_MACHINE = re.compile(r"(?<![\w.$)}])/(home|root|Users|work)[/]")
_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?==[^\s]+")

Rule = Callable[[Tree], Iterator[str]]


def files_are_short(tree: Tree) -> Iterator[str]:
    """Code that needs more than 300 lines is two things."""
    for name in tree.names:
        lines = len(tree.text(name).splitlines()) if PurePosixPath(name).suffix in _CODE else 0
        if lines > MAX_LINES:
            yield f"{name}: {lines} lines"


def the_machine_fits_one_screen(tree: Tree) -> Iterator[str]:
    """The state machine is read at a glance."""
    if "graph/build.py" in tree.modules:
        lines = len(tree.text("graph/build.py").splitlines())
        if lines > SCREEN_LINES:
            yield f"graph/build.py: {lines} lines"


def names_say_something(tree: Tree) -> Iterator[str]:
    """A file or folder is called after the one thing in it."""
    for name in tree.names:
        path = PurePosixPath(name)
        if _EMPTY_NAMES & {part.lower() for part in (*path.parent.parts, path.stem)}:
            yield name


def packages_are_empty(tree: Tree) -> Iterator[str]:
    """An `__init__.py` holds nothing, or one line of docstring."""
    for name, code in tree.modules.items():
        if name.endswith("__init__.py") and code.body:
            said = ast.get_docstring(code)
            if len(code.body) > 1 or not said or "\n" in said:
                yield name


def modules_say_what_they_are(tree: Tree) -> Iterator[str]:
    """Every module begins with a docstring."""
    for name, code in tree.modules.items():
        if not name.endswith("__init__.py") and not ast.get_docstring(code):
            yield name


def the_environment_is_read_in_one_place(tree: Tree) -> Iterator[str]:
    """Settings read it; the tests' own entrance cleans it."""
    for name, code in tree.modules.items():
        for node in ast.walk(code):
            match node:
                case ast.Attribute(value=ast.Name(id="os"), attr=word):
                    words = {word}
                case ast.ImportFrom(module="os", names=names):
                    words = {alias.name for alias in names}
                case _:
                    continue
            if words & _ENVIRONMENT and name not in _READERS:
                yield f"{name}:{node.lineno}"


def nothing_prints(tree: Tree) -> Iterator[str]:
    """Output goes through the command line's console, all else through the log."""
    for name, code in tree.modules.items():
        for node in ast.walk(code):
            match node:
                case ast.Call(func=ast.Name(id="print")):
                    yield f"{name}:{node.lineno}"


def graph_is_the_package(tree: Tree) -> Iterator[str]:
    """Nothing else is bound to that name."""
    for name, code in tree.modules.items():
        for node in ast.walk(code):
            match node:
                case ast.Name(id="graph", ctx=ast.Store()) | ast.arg(arg="graph"):
                    yield f"{name}:{node.lineno}"
                case ast.alias(asname="graph") | ast.ExceptHandler(name="graph"):
                    yield f"{name}:{node.lineno}"


def imports_stand_at_the_top(tree: Tree) -> Iterator[str]:
    """Only a command imports what it needs when it runs, so that --help is quick, and only what
    may be missing is tried."""
    for name, code in tree.product():
        functions = [each for each in ast.walk(code) if isinstance(each, _FUNCTION)]
        found = {each for function in functions for each in _imports(function)}
        if not name.startswith("agentos/cli/"):
            tried = {each for part in ast.walk(code) for each in _imports(part) if _tries(part)}
            yield from (f"{name}:{node.lineno}" for node in found - tried)


def _imports(part: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    return (node for node in ast.walk(part) if isinstance(node, ast.Import | ast.ImportFrom))


def _tries(part: ast.AST) -> bool:
    return isinstance(part, ast.Try) and any(
        isinstance(handler.type, ast.Name) and handler.type.id == "ImportError"
        for handler in part.handlers
    )


def nodes_have_a_file_of_their_name(tree: Tree) -> Iterator[str]:
    """Each node of the machine is `async def name(state, runtime)` in `nodes/name.py`."""
    machine = tree.modules.get("graph/build.py", ast.Module([], []))
    for node in ast.walk(machine):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="add_node"),
                args=[ast.Constant(value=str(title)), ast.Name(id=function)],
            ):
                if title != function or not _is_node(tree, title):
                    yield f"graph/build.py:{node.lineno} {title}"


def _is_node(tree: Tree, title: str) -> bool:
    code = tree.modules.get(f"nodes/{title}.py", ast.Module([], []))
    return any(
        isinstance(found, ast.AsyncFunctionDef)
        and found.name == title
        and [arg.arg for arg in found.args.args] == ["state", "runtime"]
        for found in code.body
    )


def no_registry_is_named(tree: Tree) -> Iterator[str]:
    """Where packages come from is the business of whoever installs."""
    for name in tree.names:
        if _REGISTRY.search(tree.text(name)):
            yield name


def nobodys_machine_is_named(tree: Tree) -> Iterator[str]:
    """No path that exists on one machine only."""
    for name in tree.names:
        if not name.startswith("tests/data/") and _MACHINE.search(tree.text(name)):
            yield name


def there_is_one_lock(tree: Tree) -> Iterator[str]:
    """Each `requirements*.lock` has hashes and no addresses; other locks would name addresses."""
    for name in tree.names:
        if PurePosixPath(name).name in ("uv.lock", "poetry.lock", "Pipfile.lock"):
            yield name
        if not PurePosixPath(name).match("requirements*.lock"):
            continue
        for entry in re.split(r"\n(?=\S)", tree.text(name).strip()):
            if not _REQUIREMENT.match(entry) or "--hash=sha256:" not in entry or "://" in entry:
                yield f"{name}: {entry.splitlines()[0]}"


RULES: tuple[Rule, ...] = (
    files_are_short,
    the_machine_fits_one_screen,
    names_say_something,
    packages_are_empty,
    modules_say_what_they_are,
    the_environment_is_read_in_one_place,
    nothing_prints,
    graph_is_the_package,
    imports_stand_at_the_top,
    nodes_have_a_file_of_their_name,
    no_registry_is_named,
    nobodys_machine_is_named,
    there_is_one_lock,
)
