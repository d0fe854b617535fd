"""The API over toy systems, on a free port, for as long as standard input is open."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from agentos.serving import listen, serve
from agentos.settings import load  # noqa: F401 - first of all: it makes langgraph strict
from reasoning.models import ModelChoice
from reasoning.planner import Planner
from reasoning.reader import RequestReader
from server.api.app import create_app
from server.api.gate import Access
from tests.doubles.house import LIMITS, house
from tests.doubles.toy import ToyWorld, toy

SYSTEMS = ("slack", "github", "newsletter", "grants")


async def main(*, executes: bool, describes: bool) -> None:
    """Prints its address when it is ready. Without `executes` runs stay queued, and without
    `describes` the API says of no operation that what it is about may not be found."""
    with TemporaryDirectory() as folder:
        systems = {name: toy(name, ToyWorld(), ("a", "b")) for name in SYSTEMS}
        reading = {"reader": RequestReader(Planner(ModelChoice()), 10_000)}
        async with house(Path(folder), systems, {**LIMITS, **reading}, served=executes) as home:
            app = create_app(
                home.service,
                access=Access(),
                webhook_secrets=(),
                unsigned_webhook_allowed=True,
            )
            if not describes:
                for operations in app.openapi()["paths"].values():
                    for operation in operations.values():
                        operation["responses"].pop("404", None)
            until = asyncio.get_running_loop().run_in_executor
            await serve(app, listen("127.0.0.1", 0), _tell, lambda: until(None, sys.stdin.read))


def _tell(url: str) -> None:
    sys.stdout.write(f"{url}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(executes="--idle" not in sys.argv, describes="--wrong" not in sys.argv))
