"""Prompts as files: front matter and a body; versioned, hashed, without a template language."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True)
class Prompt:
    """A text put before a person or a model. `trace` says which one, in events and logs.

    `output` names the wire model of the answer.
    """

    id: str
    version: int
    body: str
    output: str | None = None
    max_tokens: int = 900

    @property
    def sha(self) -> str:
        """The first 12 hex digits of the body's SHA-256."""
        return hashlib.sha256(self.body.encode()).hexdigest()[:12]

    @property
    def trace(self) -> dict[str, str]:
        return {"prompt": f"{self.id}@{self.version}", "prompt_sha": self.sha}


@cache
def load(name: str) -> Prompt:
    """The prompt of `prompts/<name>.md`; `FileNotFoundError` when there is none."""
    text = resources.files("prompts").joinpath(f"{name}.md").read_text(encoding="utf-8")
    _, front, body = text.split("---\n", 2)
    facts = yaml.safe_load(front)
    return Prompt(
        id=facts["id"],
        version=facts["version"],
        body=body.strip(),
        output=facts.get("output"),
        max_tokens=facts.get("model", {}).get("max_tokens", 900),
    )
