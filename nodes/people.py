"""The people named at launch: a node reads them from the run's row, since the state has none.

The state is stored at every step, sent to whoever is asked and shown by tools of others; addresses
have no business there. A run of graph version 1, and a host without rows, has them in the state.
"""

from collections.abc import Mapping
from typing import Any

from domain.companies import Company
from domain.plans import Plan
from domain.ports import NodeContext
from domain.state import Json


def company_of(state: Mapping[str, Any], context: NodeContext) -> Company:
    """The company of the run, with its people."""
    return _whole(Company.model_validate(state["company"]), context)


def plan_of(state: Mapping[str, Any], context: NodeContext) -> Plan:
    """The plan of the run as its digest was computed, with the people that it is for."""
    plan = Plan.parse(state["plan"])
    return plan.model_copy(update={"company": _whole(plan.company, context)})


def names_people(state: Mapping[str, Any]) -> bool:
    """Whether the state is one that has them."""
    return "contacts" in state["company"]


def company_kept(company: Company, state: Mapping[str, Any]) -> Json:
    """The company as such a state keeps it."""
    return company.model_dump(mode="json", exclude=set() if names_people(state) else {"contacts"})


def plan_kept(plan: Plan, state: Mapping[str, Any]) -> Json:
    """The plan as such a state keeps it, with the digest of the whole one."""
    return {**plan.model_dump(mode="json"), "company": company_kept(plan.company, state)}


def _whole(company: Company, context: NodeContext) -> Company:
    if context.contacts is None:
        return company
    return company.model_copy(update={"contacts": context.contacts})
