"""Schemathesis against the API: every check, from its own environment. `make fuzz` has it longer.

python -m tests.fuzz.fuzz [--idle] ARGUMENTS…: those of `schemathesis run`.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / ".fuzz/bin/schemathesis"
CONFIG = Path(__file__).with_name("schemathesis.toml")


@contextmanager
def served(*options: str) -> Iterator[str]:
    """The address of the API in a process of its own, gone at the end."""
    command = [sys.executable, "-m", "tests.fuzz.served", *options]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


def fuzz(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What schemathesis says of the API at this address."""
    before = [str(PROGRAM), "--config-file", str(CONFIG), "run", f"{url}/openapi.json"]
    rest = ["--checks", "all", "--no-color", "--generation-database", "none"]
    return subprocess.run([*before, *rest, *arguments], cwd=ROOT, capture_output=True, text=True)


if __name__ == "__main__":
    given = sys.argv[1:]
    with served(*(each for each in given if each == "--idle")) as address:
        done = fuzz(address, *(each for each in given if each != "--idle"))
    sys.stdout.write(done.stdout + done.stderr)
    sys.exit(done.returncode)
