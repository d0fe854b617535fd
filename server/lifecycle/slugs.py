"""A company's slug: decided once, stored, never recomputed."""

import re

from anyascii import anyascii

from domain.companies import SLUG_LIMIT, Company, company_id_for
from domain.errors import Invalid
from server.store import runs
from server.store.transactions import Transaction

_OTHER = re.compile(r"[^a-z0-9]+")
_SUFFIX_LENGTHS = (4, 8, 16)


def suggest(name: str) -> str:
    """The name in a-z, 0-9 and hyphens, at most 60 characters; empty when nothing is left."""
    return _OTHER.sub("-", anyascii(name).lower()).strip("-")[:SLUG_LIMIT].rstrip("-")


async def settle(tx: Transaction, name: str, wanted: str | None) -> Company:
    """The company that this name (and slug, if the caller chose one) means, known or new.

    A choice wins; else the transliterated name; else `company-` and eight hex digits. A slug that
    another company has gets hex digits of this company's id.
    """
    known = await runs.company(tx, company_id_for(name, wanted))
    if known is not None:
        return known
    await tx.exclusively("companies")  # nobody adds one between this look and our insert
    company = await propose(tx, name, wanted)
    if await runs.company(tx, company.company_id) is None:
        await runs.add_company(tx, company)
    return company


async def propose(tx: Transaction, name: str, wanted: str | None) -> Company:
    """What `settle` would decide now; nothing is remembered of it."""
    company_id = company_id_for(name, wanted)
    known = await runs.company(tx, company_id)
    if known is not None:
        return known
    if wanted is not None:
        by_name = await runs.company(tx, company_id_for(name))
        if by_name is not None and by_name.slug == wanted:
            return by_name
        if await runs.slug_owner(tx, wanted) is not None:
            raise Invalid(
                "slug belongs to another company.",
                field="slug",
                advice="Choose another slug, or leave it out.",
            )
    slug = wanted or await _free_slug(tx, name, company_id)
    return Company(company_id=company_id, name=name, slug=slug)


async def _free_slug(tx: Transaction, name: str, company_id: str) -> str:
    hexadecimal = company_id.removeprefix("co_")
    base = suggest(name) or f"company-{hexadecimal[:8]}"
    candidates = [base]
    for length in _SUFFIX_LENGTHS:
        candidates.append(f"{base[: SLUG_LIMIT - length - 1].rstrip('-')}-{hexadecimal[:length]}")
    for slug in candidates:
        if await runs.slug_owner(tx, slug) is None:
            return slug
    raise Invalid("No free slug was found.", field="slug", advice="Choose one.")
