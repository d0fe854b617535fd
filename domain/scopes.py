"""What somebody may do here, and for whom."""

from collections.abc import Collection
from enum import StrEnum


class Scope(StrEnum):
    """`viewer` reads, `operator` launches and moves runs, `approver` decides, `admin` does all this
    and manages keys. Who has any of them may read."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    ADMIN = "admin"


DEFAULT_TENANT = "default"
"""Whose everything is where nobody speaks of tenants."""

ALL_SCOPES = frozenset(Scope)


def permits(held: Collection[Scope], wanted: Scope) -> bool:
    """Whether somebody who holds these scopes may do what needs that one."""
    return wanted in held or Scope.ADMIN in held or (wanted is Scope.VIEWER and bool(held))
