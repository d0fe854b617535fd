"""What went wrong with a model call, told without importing anything of AWS."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from langchain_core.exceptions import ContextOverflowError


class Trouble(StrEnum):
    """What to do about it: try again later, have the settings put right, ask with less."""

    RETRY = "retry"
    CONFIGURATION = "configuration"
    TOO_LONG = "too_long"
    DEFECT = "defect"


@dataclass(frozen=True)
class ModelFault:
    """`code` is stable and safe to show; the exception's own text is neither."""

    trouble: Trouble
    code: str


_RETRY = frozenset(
    {
        "throttlingexception",
        "modelnotreadyexception",
        "serviceunavailableexception",
        "internalserverexception",
        "modeltimeoutexception",
        "modelerrorexception",
        "modelstreamerrorexception",
        "requesttimeout",
        "toomanyrequestsexception",
    }
)
_CONFIGURATION = frozenset(
    {
        "expiredtokenexception",
        "expiredtoken",
        "unrecognizedclientexception",
        "invalidsignatureexception",
        "accessdeniedexception",
        "resourcenotfoundexception",
        "incompletesignature",
        "missingauthenticationtokenexception",
        "servicequotaexceededexception",
    }
)
_NETWORK = frozenset(
    {
        "ReadTimeoutError",
        "ConnectTimeoutError",
        "EndpointConnectionError",
        "ConnectionClosedError",
        "ResponseStreamingError",
        "ProtocolError",
        "IncompleteReadError",
        "HTTPClientError",
        "EventStreamError",
    }
)


def classify(error: BaseException) -> ModelFault:
    """Told by the AWS error code where there is one, else by the kinds of the exception."""
    if isinstance(error, ContextOverflowError):
        return ModelFault(Trouble.TOO_LONG, "context_too_long")
    response = getattr(error, "response", None)
    if isinstance(response, dict) and "Error" in response:
        code = str(response["Error"].get("Code", ""))
        return ModelFault(_by_code(code.lower()), code or "unknown")
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, TimeoutError | asyncio.TimeoutError | ConnectionError) or kinds & _NETWORK:
        return ModelFault(Trouble.RETRY, type(error).__name__)
    if "BotoCoreError" in kinds:  # no credentials, no region, a profile that does not exist
        return ModelFault(Trouble.CONFIGURATION, type(error).__name__)
    return ModelFault(Trouble.DEFECT, type(error).__name__)


def _by_code(code: str) -> Trouble:
    if code in _RETRY:
        return Trouble.RETRY
    if code in _CONFIGURATION:
        return Trouble.CONFIGURATION
    return Trouble.RETRY if code.startswith("5") else Trouble.DEFECT
