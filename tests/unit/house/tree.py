"""The files of a checkout, read and parsed once."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_APART = ("tests/", "benchmarks/", "notebooks/")


@dataclass(frozen=True)
class Tree:
    """What git keeps under `root`, or would keep: files it is told to ignore are not of the house.

    Files are known by their name, which is the path below `root`.
    """

    root: Path

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All files."""
        kept = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        listed = subprocess.run(
            ["git", "-c", "safe.directory=*", "-C", str(self.root), *kept],
            check=True,
            capture_output=True,
            text=True,
        )
        found = sorted({name for name in listed.stdout.split("\0") if name})
        return tuple(name for name in found if (self.root / name).is_file())

    @cached_property
    def modules(self) -> dict[str, ast.Module]:
        """Every Python file, parsed."""
        return {
            name: ast.parse(self.text(name), name) for name in self.names if name.endswith(".py")
        }

    def product(self) -> Iterator[tuple[str, ast.Module]]:
        """The Python files that are installed."""
        return ((name, code) for name, code in self.modules.items() if not name.startswith(_APART))

    def text(self, name: str) -> str:
        """What stands in a file; bytes that are no text are replaced."""
        return (self.root / name).read_text(encoding="utf-8", errors="replace")
