"""The description of the API that is kept is the one that it gives."""

import json
from pathlib import Path

from agentos.cli.openapi import description

KEPT = Path(__file__).parents[3] / "docs/openapi.json"


def test_the_kept_description_is_what_the_api_says_of_itself() -> None:
    """Made anew by `agentos openapi > docs/openapi.json`."""
    assert json.loads(KEPT.read_text()) == description()
