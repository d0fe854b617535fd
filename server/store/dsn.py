"""How a Postgres database is reached: the URL that people write, and what every connection adds."""

from collections.abc import Mapping
from types import MappingProxyType

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from domain.errors import BadSetting

STATEMENT_SECONDS = 30
IDLE_SECONDS = 5
"""A process that stops in the middle of a transaction keeps others from its runs no longer."""
_OPTIONS = (
    f"-c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout=10s"
    f" -c idle_in_transaction_session_timeout={IDLE_SECONDS}s"
)
LIMITS: Mapping[str, str] = MappingProxyType(
    {
        # Without these a connection over a dropped network hangs for many minutes.
        "connect_timeout": "3",
        "keepalives": "1",
        "keepalives_idle": "3",
        "keepalives_interval": "1",
        "keepalives_count": "3",
        "tcp_user_timeout": "5000",
        "options": _OPTIONS,
        "application_name": "agentos",
    }
)
"""libpq parameters that every connection gets unless the URL says otherwise."""

_SCHEMES = ("postgresql+psycopg://", "postgresql://", "postgres://")


def conninfo(url: str) -> str:
    """The libpq connection string for a URL, with `LIMITS`.

    `postgresql://` and `postgresql+psycopg://` both work; `BadSetting` for anything else.
    """
    scheme = next((one for one in _SCHEMES if url.startswith(one)), None)
    if scheme is None:
        raise BadSetting(
            "DATABASE_URL is not the address of a Postgres database.",
            advice="Write postgresql://USER:PASSWORD@HOST:PORT/NAME, or remove it for SQLite.",
        )
    try:
        given = conninfo_to_dict(f"postgresql://{url.removeprefix(scheme)}")
    except Exception as error:
        raise BadSetting(
            "DATABASE_URL cannot be read.",
            advice="Write postgresql://USER:PASSWORD@HOST:PORT/NAME; escape special characters.",
        ) from error
    return make_conninfo("", **{**LIMITS, **{k: v for k, v in given.items() if v is not None}})
