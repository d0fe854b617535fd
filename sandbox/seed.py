"""What a fresh sandbox knows, for settings and tests; standard library only."""

SLACK_BOT_TOKEN = "xoxb-sandbox-agentos"  # noqa: S105 - opens nothing but the sandbox
SLACK_NARROW_TOKEN = "xoxb-sandbox-narrow"  # noqa: S105 - lacks the scopes to make channels
SLACK_PERSON_TOKEN = "xoxp-sandbox-dana"  # noqa: S105 - what the first of operations does by hand
SLACK_OPS_USER_IDS = ("U0OPSDANA1", "U0OPSILYA2")

GITHUB_TOKEN = "ghs_sandboxagentos"  # noqa: S105
GITHUB_ORG = "agentos-sandbox"
GITHUB_TEMPLATE = "partner-template"
GITHUB_APP_ID = "4711"
GITHUB_INSTALLATION_ID = 815

BREVO_API_KEY = "xkeysib-sandbox-agentos"
BREVO_FOLDER_ID = 1
BREVO_DOI_TEMPLATE_ID = 1

GRANTS_TOKEN = "grants-sandbox-agentos"  # noqa: S105
GRANTS_COMPETITION_ID = "7c1f7e2a-6a55-4c7e-9d35-2f1b2a4e5c01"
GRANTS_CLOSED_COMPETITION_ID = "7c1f7e2a-6a55-4c7e-9d35-2f1b2a4e5c02"
GRANTS_FORM_ID = "5d2a4c1e-08b3-4f6d-8c27-6a1f0e9b3d01"

BEDROCK_REGION = "us-east-1"
BEDROCK_KEY_ID = "AKIASANDBOXAGENTOS00"
BEDROCK_SECRET = "sandbox-agentos-bedrock-secret"  # noqa: S105
