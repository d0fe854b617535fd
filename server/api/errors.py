"""What is wrong with a request before any verb of the lifecycle has seen it."""

from domain.errors import RequestError


class Malformed(RequestError):
    """Not JSON, or a header that says nothing."""

    code = "malformed"
    advice = "Correct the request; sending it again unchanged gives the same answer."


class Unauthenticated(RequestError):
    """Nobody is known to have sent this."""

    code = "unauthenticated"
    advice = "Sign the request as the Standard Webhooks specification says."


class KeyRequired(Unauthenticated):
    """Nobody is known to have sent this, and keys are what makes them known."""

    advice = (
        "Send `Authorization: Bearer aos_…` (commands: set AGENTOS_API_KEY); whoever runs this"
        " server makes keys with `agentos keys create`."
    )


class UnknownHost(Malformed):
    """The Host header names another server."""

    code = "unknown_host"
    advice = "Use the server's own address, or have AGENTOS_TRUSTED_HOSTS name this one."


class MethodNotAllowed(RequestError):
    """There is something at this address, but it does not take this method."""

    code = "method_not_allowed"
    advice = "Use one of the methods in the Allow header."


class TooLarge(RequestError):
    """The body is over the limit; it was not read further."""

    code = "too_large"

    def __init__(self, limit_bytes: int) -> None:
        limit = f"{limit_bytes // 1024} KiB"
        super().__init__(f"The body is larger than {limit}.", advice=f"Send at most {limit}.")


class NotJson(RequestError):
    """The body is not declared as JSON."""

    code = "unsupported_media_type"
    advice = "Send JSON with Content-Type: application/json."


class Busy(RequestError):
    """As many streams are open as this process will serve."""

    code = "busy"
    advice = "Try again in a moment, or read the events as JSON pages."
