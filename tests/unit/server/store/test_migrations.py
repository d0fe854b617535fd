"""Migrations are one line: two that follow the same one would stop every start."""

import re
from pathlib import Path

from server.store import migrate

FOLDER = Path(migrate.__file__).parent / "migrations/versions"


def test_each_migration_follows_the_one_before_it() -> None:
    texts = [path.read_text() for path in sorted(FOLDER.glob("0*.py"))]
    found = [re.findall(r'^(?:down_)?revision = "?(\w+)"?$', text, re.MULTILINE) for text in texts]
    names = [revision for revision, _ in found]
    assert [before for _, before in found] == ["None", *names[:-1]]
    assert names == [path.name[:4] for path in sorted(FOLDER.glob("0*.py"))]
