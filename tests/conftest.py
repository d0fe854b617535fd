"""Tests see no setting of the machine they run on."""

import os

_PREFIXES = (
    "AGENT_", "AGENTOS_", "APPROVAL_", "AWS_", "BREVO_", "DATABASE_URL", "GITHUB_", "GRANTS_",
    "LANGCHAIN_", "LANGSMITH_", "MAILMAN_", "MAX_STEP_RETRIES", "NEWSLETTER_", "SANDBOX", "SLACK_",
    "SQLITE_DB_PATH",
)  # fmt: skip
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")

for _name in list(os.environ):
    if _name.startswith(_PREFIXES) or _name.upper() in _PROXIES:
        del os.environ[_name]

# Before anything imports langgraph: it reads this once.
os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"
os.environ["LANGSMITH_TRACING"] = "false"
