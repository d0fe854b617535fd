"""Times as the systems tell them."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(_aware)]
"""A time that can be compared with the ledger's; one without a zone is taken as UTC."""
