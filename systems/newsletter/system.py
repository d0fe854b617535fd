"""The newsletter system, by one of its providers."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.ports import System
from systems.newsletter.brevo import connector as brevo
from systems.newsletter.mailman import connector as mailman
from systems.variables import Options, read

RANK = 30
PREFIXES = ("NEWSLETTER_", "BREVO_", "MAILMAN_")

PROVIDERS: Mapping[str, Callable[[Mapping[str, str]], System]] = MappingProxyType(
    {"brevo": brevo.build, "mailman": mailman.build}
)
"""One folder each; a provider gets all variables of the system and returns the whole of it."""


def _provider(name: str) -> str:
    if name not in PROVIDERS:
        raise ValueError("no such provider")
    return name


class NewsletterOptions(Options):
    """Which provider is used."""

    provider: Annotated[str, AfterValidator(_provider)] = Field(
        "brevo", alias="NEWSLETTER_PROVIDER", description=f"one of: {', '.join(PROVIDERS)}"
    )


def build(options: Mapping[str, str]) -> System:
    """The provider's connector; `BadSetting` if a variable is wrong."""
    return PROVIDERS[read(NewsletterOptions, options).provider](options)
