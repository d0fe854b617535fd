"""agentos openapi"""

from typing import Any

from agentos.cli.context import command


def description() -> dict[str, Any]:
    """What the API says of itself, whatever is configured here."""
    from agentos import wiring
    from agentos.settings import load

    settings = load({}, sandbox=True, sandbox_url="http://127.0.0.1:1")
    found: dict[str, Any] = wiring.application(settings).openapi()
    return found


@command
def openapi() -> None:
    """Print the OpenAPI description of the API."""
    import json
    import sys

    sys.stdout.write(json.dumps(description(), ensure_ascii=False, indent=1) + "\n")
