"""A model of Bedrock that says what a test has written, over the stand-in's real HTTP."""

from dataclasses import dataclass
from typing import Any

import httpx

from reasoning.models import AwsKeys, ModelChoice
from sandbox import seed
from tests.sandbox_server import SandboxServer

MODEL = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"


@dataclass(frozen=True)
class StandIn:
    """The script of a model, and the record of what it was asked."""

    server: SandboxServer

    def choice(self, **keys: str) -> ModelChoice:
        """The settings that lead here; `keys` are of `AwsKeys`."""
        given = {"key_id": seed.BEDROCK_KEY_ID, "secret": seed.BEDROCK_SECRET} | keys
        return ModelChoice(
            llm="bedrock",
            model=MODEL,
            region=seed.BEDROCK_REGION,
            endpoint=f"{self.server.url}/bedrock",
            keys=AwsKeys(**given),
        )

    def says(self, *replies: dict[str, Any]) -> None:
        """Append to the script."""
        self.server.control("bedrock/replies", {"replies": list(replies)})

    def asked(self) -> list[dict[str, Any]]:
        """Every request, oldest first."""
        answer = httpx.get(f"{self.server.url}/_sandbox/bedrock/requests", trust_env=False)
        items: list[dict[str, Any]] = answer.json()["items"]
        return items
