"""What Slack's answers, and the failures of its client, mean."""

import re
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from domain.codes import Effect, ErrorCode
from domain.errors import NeedsPerson, Retryable, SystemFault
from systems.http import fault_of, retry_after, status_fault

_ERRORS: Mapping[ErrorCode, str] = {
    ErrorCode.RATE_LIMITED: "ratelimited rate_limited ratelimit message_limit_exceeded",
    ErrorCode.UNAVAILABLE: (
        "fatal_error internal_error service_unavailable request_timeout team_added_to_org "
        "update_failed streaming_state_conflict "
        "org_login_required external_channel_migrating invite_lookup_error fetch_members_failed"
    ),
    ErrorCode.AUTH: (
        "not_authed invalid_auth token_expired token_revoked account_inactive "
        "two_factor_setup_required"
    ),
    ErrorCode.PERMISSION: (
        "missing_scope no_permission not_allowed_token_type access_denied accesslimited "
        "ekm_access_denied enterprise_is_restricted is_bot user_is_restricted restricted_action "
        "not_authorized not_paid not_allowed_for_grid_workspace no_external_invite_permission "
        "not_in_channel not_owner cannot_create_channel cant_invite app_cannot_join_channel "
        "not_supported cannot_share_cross_workspace_channel cannot_share_mandatory_channel "
        "cant_archive_general cant_archive_required member_limit_exceeded too_many_members "
        "app_access_restricted channel_is_limited_access invitee_cant_see_channel "
        "method_not_supported_for_channel_type org_user_not_in_team ura_max_channels "
        "restricted_action_read_only_channel restricted_action_thread_only_channel "
        "restricted_action_non_threadable_channel restricted_action_thread_locked "
        "cant_delete_message cant_update_message cant_broadcast_message edit_window_closed "
        "is_inactive team_access_not_granted user_not_in_channel "
        "canvas_disabled_user_team messages_tab_disabled "
        "metadata_must_be_sent_from_app send_on_behalf_not_allowed "
        "slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked "
        "slack_connect_lists_sharing_blocked"
    ),
    ErrorCode.CONFLICT: (
        "name_taken is_archived channel_archived already_archived already_in_channel "
        "connection_limit_exceeded_pending connection_limit_exceeded not_archived "
        "legacy_connection_limit_exceeded"
    ),
    ErrorCode.INVALID_INPUT: (
        "invalid_name invalid_name_maxlength invalid_name_punctuation invalid_name_required "
        "invalid_name_specials no_channel too_long invalid_email too_many_emails "
        "missing_argument invalid_arguments invalid_array_arg invalid_arg_name no_text "
        "recipients_not_specified message_too_long url_in_message no_user invalid_blocks "
        "invalid_cursor invalid_limit invalid_types cant_invite_self invalid_metadata_format "
        "invalid_metadata_schema metadata_too_large invalid_charset invalid_form_data "
        "invalid_post_type missing_post_type invalid_blocks_format invalid_metadata_filter_keys "
        "invalid_ts_latest invalid_ts_oldest as_user_not_supported cannot_reply_to_message "
        "attachment_payload_limit_exceeded markdown_text_conflict missing_file_data "
        "msg_blocks_too_long too_many_attachments too_many_contact_cards "
        "invalid_channel_type block_mismatch invalid_attachments msg_too_long "
        "no_dual_broadcast_content_update "
        "draft_already_deleted draft_already_sent draft_has_conflict"
    ),
    ErrorCode.NOT_FOUND: (
        "channel_not_found users_not_found user_not_found team_not_found message_not_found "
        "user_not_visible too_many_users invite_not_found draft_not_found "
        "duplicate_channel_not_found duplicate_message_not_found"
    ),
    ErrorCode.UNKNOWN: "unknown_method method_deprecated deprecated_endpoint",
}

CODES: Mapping[str, ErrorCode] = {
    name: code for code, names in _ERRORS.items() for name in names.split()
}
"""Slack's names of errors; one that is not among them is UNKNOWN."""

_PLAIN = re.compile(r"[a-z][a-z0-9_.:,-]{0,120}")


def error_name(error: Exception) -> str:
    """The name of the error in Slack's answer, or an empty text."""
    answer = getattr(error, "response", None)
    data = answer.data if isinstance(answer, AsyncSlackResponse) else None
    return _plain(data.get("error")) if isinstance(data, dict) else ""


def translate(error: Exception, method: str, *, writes: bool) -> SystemFault:
    """The fault for anything that Slack's client raises in a call of `method`."""
    label = f"Slack ({method})"
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        message = f"{label} did not answer in time."
        return Retryable(ErrorCode.TIMEOUT, message, effect=Effect.NONE)
    if isinstance(error, aiohttp.ClientConnectorError):
        message = f"{label} cannot be reached."
        return Retryable(ErrorCode.UNAVAILABLE, message, effect=Effect.NONE)
    if isinstance(error, TimeoutError):
        return fault_of(label, ErrorCode.TIMEOUT, writes=writes)
    if isinstance(error, SlackApiError):
        return _answered(error, method, writes=writes)
    # Disconnected, or an answer that the client could not take apart.
    return garbled(method, writes=writes)


def _answered(error: SlackApiError, method: str, *, writes: bool) -> SystemFault:
    label = f"Slack ({method})"
    answer: Any = error.response
    if not isinstance(answer, AsyncSlackResponse):
        # Broken JSON: the client hands over the raw answer instead of its own.
        status = getattr(answer, "status", 200)
        if status >= 300:
            return status_fault(label, status, answer.headers, writes=writes)
        return garbled(method, writes=writes)
    headers: Mapping[str, str] = answer.headers
    name = error_name(error)
    if answer.status_code == 429 or answer.status_code >= 500 or not name:
        if answer.status_code < 300:
            return garbled(method, writes=writes)
        return status_fault(label, answer.status_code, headers, writes=writes)
    if name == "missing_scope":
        return lacks(_plain(answer.get("needed")) or "that is needed")
    code = CODES.get(name, ErrorCode.UNKNOWN)
    label = f"Slack ({method}: {name})"
    return fault_of(label, code, writes=writes, after=retry_after(headers))


def garbled(method: str, *, writes: bool) -> SystemFault:
    """The fault for a success that is not what Slack documents."""
    return fault_of(f"Slack ({method})", ErrorCode.UNAVAILABLE, writes=writes)


def lacks(scopes: str) -> NeedsPerson:
    """The fault for a token without some scopes."""
    return NeedsPerson(
        ErrorCode.PERMISSION,
        f"Slack's token lacks the scope {scopes}.",
        instructions="Add the scope to the app, install it again, then retry the system.",
    )


def _plain(value: Any) -> str:
    """A word of Slack's vocabulary; anything else is not repeated in a message."""
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else ""
