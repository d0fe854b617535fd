"""The variables of Brevo."""

from typing import Annotated

from pydantic import Field, SecretStr

from systems.variables import Options, Seconds, WebAddress

Id = Annotated[int, Field(ge=1)]


class BrevoOptions(Options):
    """`folder_id`: where lists are made. The two of the double opt-in serve named contacts only."""

    api_key: SecretStr = Field(alias="BREVO_API_KEY", description="an API key of the account")
    folder_id: Id = Field(
        alias="BREVO_FOLDER_ID", description="the number of the folder for the lists"
    )
    base_url: WebAddress = Field(
        "https://api.brevo.com/v3",
        alias="BREVO_BASE_URL",
        description="the address of the API, like https://api.brevo.com/v3",
    )
    app_url: WebAddress = Field(
        "https://app.brevo.com",
        alias="BREVO_APP_URL",
        description="the address of the console, like https://app.brevo.com",
    )
    doi_template_id: Id | None = Field(
        None,
        alias="BREVO_DOI_TEMPLATE_ID",
        description="the number of the double opt-in template",
    )
    doi_redirect_url: WebAddress | None = Field(
        None,
        alias="BREVO_DOI_REDIRECT_URL",
        description="the page that a person sees after confirming, like https://example.com/thanks",
    )
    timeout_seconds: Seconds = Field(
        10.0, alias="BREVO_TIMEOUT_SECONDS", description="seconds above 0 and up to 300"
    )
