"""`agentos doctor --systems` tells of each system whether it can be worked with, and only reads."""

import json
from collections.abc import Mapping

import pytest
from typer.testing import CliRunner, Result

from agentos.cli.main import app
from agentos.sandboxed import sandbox_variables
from sandbox import seed
from tests.sandbox_server import SandboxServer

WELL = {
    "slack": "Slack accepts the token of U0AGENTOS0 at {url}/slack/; no scope is missing; "
    "all of our own people are there: 2.",
    "github": "GitHub accepts the credential and shows agentos-sandbox and "
    "agentos-sandbox/partner-template.",
    "newsletter": "Brevo accepts the key and shows the folder 1.",
    "grants": "The grants system accepts the token; the competition "
    f"{seed.GRANTS_COMPETITION_ID} is open.",
}


def doctor(sandbox: SandboxServer, *options: str, **variables: str) -> Result:
    """The command, with the systems where `sandbox` is unless `variables` say otherwise."""
    there = sandbox_variables(sandbox.url)
    environment: Mapping[str, str] = {"SANDBOX": "0", "GITHUB_TOKEN": "", **there, **variables}
    return CliRunner().invoke(app, ["doctor", "--systems", *options], env=dict(environment))


def checks(result: Result) -> dict[str, dict[str, object]]:
    return {check["name"]: check for check in json.loads(result.stdout)["checks"]}


def test_each_system_has_a_line_and_nothing_is_written(sandbox: SandboxServer) -> None:
    result = doctor(sandbox, "--json")
    assert result.exit_code == 0, result.output
    found = {name: check["detail"] for name, check in checks(result).items()}
    assert found == {name: line.format(url=sandbox.url) for name, line in WELL.items()}
    asked = sandbox.requests()
    assert {entry["system"] for entry in asked} == {"slack", "github", "brevo", "grants"}
    assert {entry["effect"] for entry in asked} == {"read"}


def test_people_get_one_line_for_each_system(sandbox: SandboxServer) -> None:
    lines = doctor(sandbox).stdout.splitlines()
    heads = [line.split(":")[0] for line in lines if not line.startswith(" ")]
    assert heads == [f"ok      {name}" for name in WELL]


@pytest.mark.parametrize(
    ("system", "variables", "said"),
    [
        ("slack", {"SLACK_BOT_TOKEN": seed.SLACK_NARROW_TOKEN}, "lacks the scope"),
        ("slack", {"SLACK_BOT_TOKEN": "xoxb-none"}, "invalid_auth"),
        ("slack", {"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is not set."),
        ("slack", {"SLACK_OPS_USER_IDS": "U0OPSDANA1,U0NOBODY00"}, "id U0NOBODY00"),
        ("github", {"GITHUB_TOKEN": "none"}, "does not accept the credential"),
        ("github", {"GITHUB_ORG": "nobody"}, "does not have it"),
        ("github", {"GITHUB_PROPERTY": "none"}, "no custom property none"),
        ("github", {"GITHUB_TEMPLATE": "none"}, "no template repository agentos-sandbox/none"),
        ("newsletter", {"BREVO_API_KEY": "none"}, "does not accept the credential"),
        ("newsletter", {"BREVO_FOLDER_ID": "99"}, "does not have it"),
        ("newsletter", {"BREVO_BASE_URL": "http://127.0.0.1:9"}, "cannot be reached"),
        ("grants", {"GRANTS_TOKEN": "none"}, "does not accept the credential"),
        ("grants", {"GRANTS_COMPETITION_ID": "none"}, "does not have it"),
        ("grants", {"GRANTS_COMPETITION_ID": seed.GRANTS_CLOSED_COMPETITION_ID}, "is not open"),
        ("grants", {"GRANTS_SEARCH": "body"}, "does not search in the way"),
    ],
)
def test_what_is_wrong_with_one_system_hides_none_of_the_others(
    sandbox: SandboxServer, system: str, variables: dict[str, str], said: str
) -> None:
    result = doctor(sandbox, "--json", **variables)
    assert result.exit_code == 1
    found = checks(result)
    assert {name for name, check in found.items() if not check["ok"]} == {system}
    assert found.keys() == WELL.keys()
    assert said in str(found[system]["detail"])
    assert str(found[system]["detail"]).endswith(".")
    assert not [value for value in variables.values() if "xoxb" in value and value in result.stdout]
    assert {entry["effect"] for entry in sandbox.requests()} == {"read"}


def test_stand_ins_are_left_to_their_server() -> None:
    result = CliRunner().invoke(app, ["doctor", "--systems"], env={"SANDBOX": "1"})
    assert (result.exit_code, result.stdout) == (
        0,
        "ok      systems: stand-ins, as the server has them\n",
    )
