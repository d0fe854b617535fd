"""What is written down of one call to a model."""

import time
from typing import Any, Literal

from langchain_core.messages import AIMessage

from domain.model_calls import ModelCall
from prompts.loader import Prompt
from reasoning import prices

Role = Literal["planner", "reporter", "supervisor"]


def describe(
    role: Role, prompt: Prompt, model: str, raw: AIMessage | None, began: float, error: str | None
) -> ModelCall:
    """The call that `began` (monotonic seconds) and gave `raw`, if it gave anything."""
    usage = raw.usage_metadata if raw else None
    said: dict[str, Any] = raw.response_metadata if raw else {}
    sent = said.get("ResponseMetadata") or {}
    price = prices.cost(model, usage)
    return ModelCall(
        role=role,
        prompt=prompt.trace["prompt"],
        prompt_sha=prompt.sha,
        model=model,
        stop_reason=said.get("stopReason"),
        attempts=sent.get("RetryAttempts", 0) + 1,
        input_tokens=usage["input_tokens"] if usage else None,
        output_tokens=usage["output_tokens"] if usage else None,
        cost_usd=None if price is None else str(price),
        priced_as_of=None if price is None else prices.table()["as_of"],
        latency_ms=round((time.monotonic() - began) * 1000),
        request_id=sent.get("RequestId"),
        error=error,
    )
