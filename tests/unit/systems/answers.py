"""Answers of the vendors as their own clients raise them."""

from typing import Any

import httpx
from brevo.core.api_error import ApiError
from githubkit.exception import RequestFailed
from githubkit.response import Response
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

REQUEST = httpx.Request("POST", "https://api.github.com/orgs/org/teams")


def slack(status: int, data: Any, headers: dict[str, str] | None = None) -> SlackApiError:
    """What Slack's client raises for an answer."""
    answer = AsyncSlackResponse(
        client=AsyncWebClient(),
        http_verb="POST",
        api_url="https://slack.com/api/x",
        req_args={},
        data=data,
        headers=headers or {},
        status_code=status,
    )
    return SlackApiError("dana@example.com xoxb-secret", answer)  # type: ignore[no-untyped-call]


def github_response(
    status: int, body: Any = None, headers: dict[str, str] | None = None
) -> Response[Any]:
    """An answer as GitHub's client holds it."""
    raw = httpx.Response(status, json=body, headers=headers, request=REQUEST)
    return Response(raw, Any)


def github(status: int, *errors: Any, message: str = "Validation Failed") -> RequestFailed:
    """What GitHub's client raises for an answer that names no limit in its headers."""
    body: dict[str, Any] = {"message": message}
    return RequestFailed(github_response(status, body | ({"errors": errors} if errors else {})))


def brevo(status: int, code: str = "", headers: dict[str, str] | None = None) -> ApiError:
    """What Brevo's client raises for an answer."""
    return ApiError(status_code=status, headers=headers, body={"code": code, "message": "x"})
