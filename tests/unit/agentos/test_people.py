"""What logins need stands in the settings, or the start is refused."""

from pathlib import Path

import pytest

from agentos.people import holders, people
from agentos.settings import load
from domain.errors import BadSetting
from domain.scopes import Scope
from server.lifecycle.callers import KeyRing
from server.store.sqlite import SqliteDatabase

GOOD = {
    "AGENTOS_AUTH": "oidc",
    "AGENTOS_OIDC_ISSUER": "https://login.example.com/",
    "AGENTOS_OIDC_CLIENT_ID": "agentos",
    "AGENTOS_OIDC_SCOPES": "ops=operator, Ops Leads=approver,ops=viewer, *=viewer",
    "AGENTOS_SESSION_SECRET": "x" * 32,
}


def test_groups_are_given_scopes_by_name() -> None:
    assert people(load(GOOD))
    assert load(GOOD).agentos_oidc_scopes == {
        "ops": {Scope.OPERATOR, Scope.VIEWER},
        "Ops Leads": {Scope.APPROVER},
        "*": {Scope.VIEWER},
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, "") for name in GOOD if name != "AGENTOS_AUTH"),
        ("AGENTOS_OIDC_ISSUER", "http://login.example.com"),
        ("AGENTOS_SESSION_SECRET", "x" * 31),
    ],
)
def test_the_start_is_refused_when_something_is_missing(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name) as refused:
        people(load(GOOD | {name: value}))
    assert "xxx" not in refused.value.message


def test_keys_need_no_secret_of_the_settings_but_a_short_one_is_refused() -> None:
    ring = KeyRing(SqliteDatabase(Path("never-opened.db")))
    assert holders(load({"AGENTOS_AUTH": "keys"}), ring)
    with pytest.raises(BadSetting, match="AGENTOS_SESSION_SECRET"):
        holders(load({"AGENTOS_SESSION_SECRET": "x" * 31}), ring)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, False),
        ({"DATABASE_URL": "postgresql://db/agentos"}, True),
        ({"DATABASE_URL": "postgresql://db/agentos", "AGENTOS_SESSION_SECRET": "x" * 32}, False),
    ],
)
def test_that_several_servers_share_no_sessions_is_told(
    variables: dict[str, str], told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    holders(load(variables), KeyRing(SqliteDatabase(Path("never-opened.db"))))
    assert ("AGENTOS_SESSION_SECRET is not set" in caplog.text) is told


@pytest.mark.parametrize("scopes", ["operator", "=operator", "ops=", "ops=king", "ops", ","])
def test_scopes_that_say_nothing_are_refused(scopes: str) -> None:
    with pytest.raises(BadSetting, match="AGENTOS_OIDC_SCOPES"):
        load(GOOD | {"AGENTOS_OIDC_SCOPES": scopes})
