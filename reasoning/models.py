"""The chat model by settings: deterministic rules, or Claude on Amazon Bedrock."""

import importlib
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from langchain_core.language_models import BaseChatModel

from reasoning.rules_model import Rules, RulesChatModel


@dataclass(frozen=True)
class AwsKeys:
    """Credentials that are given; without them AWS's own chain finds a role."""

    key_id: str
    secret: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ModelChoice:
    """Who answers, as the settings say; never guessed from credentials that happen to be there."""

    llm: Literal["rules", "bedrock"] = "rules"
    model: str = ""
    region: str | None = None
    endpoint: str | None = None
    keys: AwsKeys | None = None

    @property
    def name(self) -> str:
        """What events call the model."""
        return self.model if self.llm == "bedrock" else "rules"


@cache
def chat_model(choice: ModelChoice, rules: Rules, *, max_tokens: int = 900) -> BaseChatModel:
    """The model of one role; `rules` are what that role does where no model is chosen.

    Built once for each role. `BadSetting` when Bedrock is chosen and cannot be reached from the
    settings. Nothing of AWS is imported while rules are chosen.
    """
    if choice.llm == "rules":
        return RulesChatModel(rules=rules)
    bedrock = importlib.import_module("reasoning.bedrock")
    model: BaseChatModel = bedrock.build(choice, max_tokens=max_tokens)
    return model
