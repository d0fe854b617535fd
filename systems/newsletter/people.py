"""The people named for a company, as every newsletter provider asks them."""

from collections.abc import Mapping
from hashlib import sha256

from domain.companies import Company
from domain.plans import Change, ChangeKind, Undo
from domain.steps import Resource


def addresses(company: Company) -> Mapping[str, str]:
    """The addresses given at launch by `Change.resource`; the same one twice is one person."""
    given = [contact.email for contact in company.contacts if contact.email]
    return {f"subscriber:{_digest(address)}": address for address in given}


def _digest(address: str) -> str:
    return sha256(address.casefold().encode()).hexdigest()[:8]


def wanted(company: Company, list_name: str) -> list[Change]:
    """One change for each person with an address; none is ever invented, and none is shown."""
    return [
        Change(
            key=f"{company.company_id}/newsletter/{resource}",
            system="newsletter",
            resource=resource,
            kind=ChangeKind.CREATE,
            target=f"{resource} of {list_name}",
            summary=f"ask {_masked(address)} by mail to confirm the subscription",
            after={"consent": "double opt-in"},
            undo=Undo.PARTIAL,
            sends_mail=True,
        )
        for resource, address in addresses(company).items()
    ]


def _masked(address: str) -> str:
    return f"…@{address.rpartition('@')[2]}"


def said(company: Company, list_name: str, refs: Mapping[str, Resource]) -> str:
    """The line of the step result; people are counted only where some were named."""
    line = f"Newsletter provisioned for {company.name}: list={list_name}"
    people = [resource.pending for resource in refs.values() if resource.kind == "subscription"]
    counts = {"pending": people.count(True), "confirmed": people.count(False)}
    told = " and ".join(f"{count} {word}" for word, count in counts.items() if count)
    return f"{line}, subscribers={told}" if told else line
