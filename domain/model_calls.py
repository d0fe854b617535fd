"""What is kept of a call to a model: enough to answer for it later, and nothing that was said."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class ModelCall(BaseModel):
    """One request to a model. Tokens and cost are null where nobody knows them.

    `error` is a stable code: of the service, or why the answer was not accepted. `cost_usd` is a
    decimal number as text, from the price table of `priced_as_of`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["planner", "reporter", "supervisor"]
    prompt: str
    prompt_sha: str
    model: str
    stop_reason: str | None = None
    attempts: int = 1
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: str | None = None
    priced_as_of: str | None = None
    latency_ms: int = 0
    request_id: str | None = None
    error: str | None = None

    @property
    def tokens(self) -> int:
        """As far as they are known."""
        return (self.input_tokens or 0) + (self.output_tokens or 0)
