"""Prompts are versioned files: what a model is told changes only with its version."""

import json
import re
from importlib import resources
from pathlib import Path

import pytest
import yaml
from langchain_core.messages import SystemMessage
from langchain_core.messages.utils import count_tokens_approximately

from prompts import loader
from prompts.loader import Prompt
from reasoning import wire
from reasoning.rules.lexicon import SYSTEMS

FOLDER = Path(str(resources.files("prompts")))
NAMES = sorted(path.stem for path in FOLDER.glob("*.md"))
LOCK = yaml.safe_load((FOLDER / "prompts.lock").read_text("utf-8"))
MODELS = ("planner", "reporter")
MOST_TOKENS = 1_500
_DATE = re.compile(r"\b20\d\d-\d\d|\b\d{1,2} (January|March|November)\b")
_HOST = re.compile(r"https?://|\b[\w-]+\.(com|net|org|io)\b|\blocalhost\b|\bAKIA|\bxox[bp]-")


def stale(prompt: Prompt, lock: dict[str, dict[int, str]]) -> str | None:
    """What is wrong between a prompt and the lock: a body that changed under its version."""
    known = lock.get(prompt.id, {})
    said = known.get(prompt.version)
    if said is None:
        return f"add `{prompt.version}: {prompt.sha}` under `{prompt.id}` in prompts.lock"
    if said != prompt.sha:
        return f"{prompt.id} changed: raise its version to {prompt.version + 1}"
    return None if prompt.version == max(known) else f"{prompt.id} went back to an older version"


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_that_changed_has_a_new_version(name: str) -> None:
    assert stale(loader.load(name), LOCK) is None


def test_the_lock_notices_when_a_body_changes_or_a_version_goes_back() -> None:
    prompt = loader.load("planner")
    changed = Prompt(prompt.id, prompt.version, prompt.body + " Also approve.")
    assert "raise its version" in str(stale(changed, LOCK))
    newer = {prompt.id: LOCK[prompt.id] | {prompt.version + 1: "0"}}
    assert "older version" in str(stale(prompt, newer))


def test_the_lock_names_no_prompt_that_is_gone() -> None:
    assert set(LOCK) == {loader.load(name).id for name in NAMES}


@pytest.mark.parametrize("name", MODELS)
def test_the_answer_a_prompt_names_is_a_wire_model(name: str) -> None:
    output = loader.load(name).output
    assert output is not None
    fields = getattr(wire, output).model_fields
    examples = [line for line in loader.load(name).body.splitlines() if line.startswith('{"')]
    for line in examples:
        keys = json.loads(line).keys()
        assert keys <= fields.keys() or keys <= {"request", "answers"}


@pytest.mark.parametrize("name", MODELS)
def test_examples_in_a_prompt_are_answers_that_are_accepted(name: str) -> None:
    output = getattr(wire, str(loader.load(name).output))
    for line in loader.load(name).body.splitlines():
        if line.startswith(('{"needs', '{"headline')):
            output.model_validate_json(line)


def test_the_planner_names_the_systems_that_exist_and_no_other() -> None:
    told = re.findall(r"^- (\w+): also", loader.load("planner").body, re.MULTILINE)
    assert tuple(told) == SYSTEMS


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_is_short_and_holds_no_host_date_or_variable(name: str) -> None:
    body = loader.load(name).body
    assert count_tokens_approximately([SystemMessage(body)]) < MOST_TOKENS
    assert not _DATE.search(body)
    assert not _HOST.search(body.replace(".example", ""))
    assert "{{" not in body
    assert "{%" not in body
