"""What tokens cost, from the table beside this file."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import yaml

_GEO = re.compile(r"^(?P<geo>[a-z]{2,6})\.(?=[a-z0-9-]+\.)")
_VERSION = re.compile(r"-(\d{8}-)?v\d+(:\d+)?$")
_MILLION = Decimal(1_000_000)


@cache
def table() -> Mapping[str, Any]:
    """The price table; `as_of` says when it was true."""
    text = resources.files("reasoning").joinpath("prices.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def cost(model: str, usage: Mapping[str, Any] | None) -> Decimal | None:
    """The price of one call in US dollars; None when the usage, or the price of any of it, is not
    known."""
    if model == "rules":
        return Decimal(0)
    geo = _GEO.match(model)
    family = _VERSION.sub("", model[geo.end() :] if geo else model)
    prices = table()["models"].get(family)
    if prices is None or usage is None:
        return None
    details = usage.get("input_token_details") or {}
    read = details.get("cache_read") or 0
    hour = details.get("ephemeral_1h_input_tokens") or 0
    short = (details.get("cache_creation") or 0) + (details.get("ephemeral_5m_input_tokens") or 0)
    plain = usage["input_tokens"] - read - hour - short
    amounts = {
        "input": plain,
        "output": usage["output_tokens"],
        "cache_read": read,
        "cache_write_5m": short,
        "cache_write_1h": hour,
    }
    if any(n and kind not in prices for kind, n in amounts.items()):
        return None
    total = sum((Decimal(prices[k]) * n for k, n in amounts.items() if n), Decimal(0)) / _MILLION
    if geo and geo["geo"] != "global":
        total *= Decimal(table()["regional_factor"])
    return total
