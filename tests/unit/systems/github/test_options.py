"""What GitHub can be told, and how it says that it was told wrongly."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from domain.errors import BadSetting
from systems.github.options import App, credential
from systems.github.system import build
from tests.unit.systems.github.conftest import options


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().strip()


KEY = pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))
APP = {"GITHUB_TOKEN": "", "GITHUB_APP_ID": "4711", "GITHUB_INSTALLATION_ID": "815"}


def test_an_organisation_and_a_token_are_enough() -> None:
    assert build({"GITHUB_ORG": "org", "GITHUB_TOKEN": "ghp_1"}).name == "github"


def test_the_address_of_the_vendor_is_the_default() -> None:
    chosen = options(GITHUB_BASE_URL="", GITHUB_TEMPLATE="")
    assert chosen.base_url == "https://api.github.com"
    assert (chosen.prefix, chosen.permission.value) == ("partner-", "push")
    assert chosen.template_name is None


@pytest.mark.parametrize(
    ("template", "name"), [("base", "org/base"), ("other/base.v2", "other/base.v2")]
)
def test_a_template_is_of_the_organisation_unless_it_names_its_owner(
    template: str, name: str
) -> None:
    assert options(GITHUB_TEMPLATE=template).template_name == name


def test_a_missing_organisation_is_named() -> None:
    with pytest.raises(BadSetting) as fault:
        options(GITHUB_ORG="")
    assert fault.value.message == "GITHUB_ORG is not set."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GITHUB_ORG", "my org"),
        ("GITHUB_ORG", "-org"),
        ("GITHUB_TEMPLATE", "a/b/c"),
        ("GITHUB_PREFIX", "Partner-"),
        ("GITHUB_PREFIX", "partner--"),
        ("GITHUB_PREFIX", "p" * 21),
        ("GITHUB_PERMISSION", "write"),
        ("GITHUB_BASE_URL", "api.github.com"),
        ("GITHUB_APP_ID", "my app"),
        ("GITHUB_INSTALLATION_ID", "0"),
        ("GITHUB_TIMEOUT_SECONDS", "301"),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as fault:
        options(**{name: value})
    assert fault.value.message == f"{name} is not valid."


@pytest.mark.parametrize("written", [KEY, KEY.replace("\n", "\\n")])
def test_an_app_may_have_its_key_in_a_variable(written: str) -> None:
    found = credential(options(**APP, GITHUB_PRIVATE_KEY=written))
    assert found == App("4711", 815, KEY)
    assert "PRIVATE KEY" not in repr(found)


def test_an_app_may_have_its_key_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text(KEY)
    assert credential(options(**APP, GITHUB_PRIVATE_KEY_FILE=str(path))) == App("4711", 815, KEY)


def test_a_token_comes_before_an_app() -> None:
    found = credential(options(**APP | {"GITHUB_TOKEN": "ghp_1"}, GITHUB_PRIVATE_KEY=KEY))
    assert isinstance(found, SecretStr)
    assert "ghp_1" not in repr(found)


@pytest.mark.parametrize("missing", ["GITHUB_APP_ID", "GITHUB_INSTALLATION_ID", ""])
def test_the_ways_in_are_told_when_there_is_none(missing: str) -> None:
    given = {**APP, "GITHUB_PRIVATE_KEY": KEY if missing else ""}
    with pytest.raises(BadSetting) as fault:
        credential(options(**given | ({missing: ""} if missing else {})))
    assert fault.value.message == "GITHUB_TOKEN is not set, and no GitHub App is."
    assert "GITHUB_APP_ID" in fault.value.advice


def test_a_key_that_is_none_is_told_by_its_variable(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text("no key")
    for wrong in ("no key", pem(ec.generate_private_key(ec.SECP256R1()))):
        with pytest.raises(BadSetting, match=r"^GITHUB_PRIVATE_KEY does not hold an RSA"):
            credential(options(**APP, GITHUB_PRIVATE_KEY=wrong))
    with pytest.raises(BadSetting, match=r"^GITHUB_PRIVATE_KEY_FILE does not hold"):
        credential(options(**APP, GITHUB_PRIVATE_KEY_FILE=str(path)))
    with pytest.raises(BadSetting, match=r"^GITHUB_PRIVATE_KEY_FILE cannot be read"):
        credential(options(**APP, GITHUB_PRIVATE_KEY_FILE=str(tmp_path / "none.pem")))
