"""What a call costs: a price that was read somewhere, or none."""

from decimal import Decimal
from typing import Any

import pytest

from reasoning.prices import cost

SONNET = "anthropic.claude-sonnet-4-5-20250929-v1:0"
USED: dict[str, Any] = {"input_tokens": 1_000_000, "output_tokens": 100_000}


@pytest.mark.parametrize(
    ("model", "dollars"),
    [
        (f"global.{SONNET}", "4.5"),
        (SONNET, "4.5"),
        (f"us.{SONNET}", "4.95"),
        ("rules", "0"),
    ],
)
def test_a_known_model_costs_what_the_list_says(model: str, dollars: str) -> None:
    assert cost(model, USED) == Decimal(dollars)


@pytest.mark.parametrize(
    ("model", "usage"),
    [
        ("us.anthropic.claude-sonnet-4-6-v1:0", USED),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", USED),
        ("amazon.nova-pro-v1:0", USED),
        (SONNET, None),
        (SONNET, USED | {"input_token_details": {"cache_read": 10}}),
        (SONNET, USED | {"input_token_details": {"ephemeral_5m_input_tokens": 10}}),
    ],
)
def test_what_has_no_verified_price_costs_null(model: str, usage: dict[str, Any] | None) -> None:
    assert cost(model, usage) is None
