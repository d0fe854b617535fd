"""What the grants system can be told, and how it says that it was told wrongly."""

import pytest

from domain.errors import BadSetting
from systems.grants.options import Search
from systems.grants.system import build
from tests.unit.systems.grants.conftest import COMPETITION, options


@pytest.mark.parametrize("name", ["GRANTS_BASE_URL", "GRANTS_TOKEN", "GRANTS_COMPETITION_ID"])
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(BadSetting) as fault:
        options(**{name: ""})
    assert fault.value.message == f"{name} is not set."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GRANTS_BASE_URL", "grants"),
        ("GRANTS_COMPETITION_ID", "../orgs"),
        ("GRANTS_ORG_REGISTRY", "EIN"),
        ("GRANTS_SEARCH", "graphql"),
        ("GRANTS_APP_URL", "x"),
        ("GRANTS_CONTACT", "x" * 201),
        ("GRANTS_TIMEOUT_SECONDS", "ten"),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as fault:
        options(**{name: value})
    assert fault.value.message == f"{name} is not valid."


@pytest.mark.parametrize(
    "given", ["https://h.example", "https://h.example/", "https://h.example/common-grants/"]
)
def test_the_prefix_of_the_protocol_may_be_given_or_not(given: str) -> None:
    assert options(given).base_url == "https://h.example/common-grants"


def test_json_in_the_query_is_the_default_search() -> None:
    assert options().search is Search.JSON_QUERY


def test_the_token_is_not_shown() -> None:
    assert "token-1" not in repr(options())


def test_a_system_is_built_without_a_connection() -> None:
    variables = {
        "GRANTS_BASE_URL": "http://127.0.0.1:1",
        "GRANTS_TOKEN": "t",
        "GRANTS_COMPETITION_ID": COMPETITION,
    }
    assert build(variables).name == "grants"
