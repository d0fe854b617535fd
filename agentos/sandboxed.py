"""The variables that point the connectors at the stand-ins, with the credentials they accept."""

from sandbox import seed


def sandbox_variables(url: str) -> dict[str, str]:
    """Overrides for every address and credential: in sandbox mode nothing real can be reached."""
    origin = url.rstrip("/")
    return {
        "SLACK_BASE_URL": f"{origin}/slack/api/",
        "SLACK_BOT_TOKEN": seed.SLACK_BOT_TOKEN,
        "SLACK_OPS_USER_IDS": ",".join(seed.SLACK_OPS_USER_IDS),
        "GITHUB_BASE_URL": f"{origin}/github",
        "GITHUB_TOKEN": seed.GITHUB_TOKEN,
        "GITHUB_ORG": seed.GITHUB_ORG,
        "GITHUB_TEMPLATE": seed.GITHUB_TEMPLATE,
        "GITHUB_APP_ID": "",
        "GITHUB_PRIVATE_KEY": "",
        "GITHUB_PRIVATE_KEY_FILE": "",
        "GITHUB_INSTALLATION_ID": "",
        "NEWSLETTER_PROVIDER": "brevo",
        "BREVO_BASE_URL": f"{origin}/brevo/v3",
        "BREVO_APP_URL": f"{origin}/brevo",
        "BREVO_API_KEY": seed.BREVO_API_KEY,
        "BREVO_FOLDER_ID": str(seed.BREVO_FOLDER_ID),
        "BREVO_DOI_TEMPLATE_ID": str(seed.BREVO_DOI_TEMPLATE_ID),
        "BREVO_DOI_REDIRECT_URL": f"{origin}/",
        "GRANTS_BASE_URL": f"{origin}/grants/common-grants",
        "GRANTS_APP_URL": f"{origin}/grants",
        "GRANTS_TOKEN": seed.GRANTS_TOKEN,
        "GRANTS_COMPETITION_ID": seed.GRANTS_COMPETITION_ID,
        "GRANTS_ORG_REGISTRY": "",
        "GRANTS_SEARCH": "json-query",
    }


def stand_in_of_bedrock(url: str) -> dict[str, str | None]:
    """Settings that lead to the stand-in of the model, with the keys it accepts."""
    return {
        "agent_bedrock_endpoint": f"{url.rstrip('/')}/bedrock",
        "aws_default_region": seed.BEDROCK_REGION,
        "aws_access_key_id": seed.BEDROCK_KEY_ID,
        "aws_secret_access_key": seed.BEDROCK_SECRET,
        "aws_session_token": None,
    }
