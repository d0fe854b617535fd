"""Options from variables: a wrong one is named with its cure and never shown."""

import pytest
from pydantic import Field, SecretStr

from domain.errors import BadSetting
from systems.variables import Options, Seconds, WebAddress, read


class Given(Options):
    key: SecretStr = Field(alias="X_KEY", description="a key")
    url: WebAddress = Field("https://x.example", alias="X_URL", description="an address")
    wait: Seconds = Field(10.0, alias="X_WAIT", description="seconds up to 300")


def test_an_empty_variable_counts_as_not_set() -> None:
    given = read(Given, {"X_KEY": " k ", "X_URL": "", "X_WAIT": " "})
    assert (given.key.get_secret_value(), given.url, given.wait) == ("k", "https://x.example", 10.0)


def test_a_slash_at_the_end_of_an_address_is_dropped() -> None:
    assert read(Given, {"X_KEY": "k", "X_URL": "http://h:1/a/"}).url == "http://h:1/a"


def test_a_variable_that_is_not_set_is_named_with_its_cure() -> None:
    with pytest.raises(BadSetting) as fault:
        read(Given, {})
    assert (fault.value.message, fault.value.advice) == ("X_KEY is not set.", "Set X_KEY to a key.")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X_URL", "ftp://h"),
        ("X_URL", "h.example"),
        ("X_URL", "https://user:secret@h"),
        ("X_URL", "http://[::1"),
        ("X_WAIT", "0"),
        ("X_WAIT", "nan"),
        ("X_WAIT", "301"),
        ("X_WAIT", "secret"),
    ],
)
def test_a_wrong_value_is_named_and_not_shown(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as fault:
        read(Given, {"X_KEY": "k", name: value})
    assert fault.value.message == f"{name} is not valid."
    assert "secret" not in f"{fault.value.message}{fault.value.advice}"
