"""How people in a browser become known, as the settings say."""

import logging
import secrets
from urllib.parse import urlsplit

from agentos.settings import LOOPBACK, Settings
from domain.errors import BadSetting
from server.api.holders import Holders
from server.api.jar import Jar
from server.api.login import CALLBACK
from server.api.people import People
from server.auth.oidc import Oidc, Provider
from server.auth.seals import MIN_SECRET, Seal
from server.lifecycle.callers import KeyRing

_log = logging.getLogger("agentos.doors")


def people(settings: Settings) -> People:
    """Logins and sessions; `BadSetting` names what is missing for them."""
    for name, value in (
        ("AGENTOS_OIDC_ISSUER", settings.agentos_oidc_issuer),
        ("AGENTOS_OIDC_CLIENT_ID", settings.agentos_oidc_client_id),
        ("AGENTOS_OIDC_SCOPES", settings.agentos_oidc_scopes),
    ):
        if not value:
            raise BadSetting(
                f"{name} is not set, which AGENTOS_AUTH=oidc needs.", advice="See docs/identity.md."
            )
    issuer = urlsplit(settings.agentos_oidc_issuer or "")
    if issuer.scheme == "http" and issuer.hostname not in LOOPBACK:
        raise BadSetting(
            "AGENTOS_OIDC_ISSUER is not reached by https, so anybody between could say who comes.",
            advice="Give the provider's https address.",
        )
    jar = _jar(settings, settings.agentos_session_secret)
    provider = Provider(
        issuer=settings.agentos_oidc_issuer or "",
        client_id=settings.agentos_oidc_client_id,
        client_secret=settings.agentos_oidc_client_secret,
        redirect_uri=f"{settings.url.rstrip('/')}{CALLBACK}",
        scopes=settings.agentos_oidc_scopes,
        name_claim=settings.agentos_oidc_name_claim,
        groups_claim=settings.agentos_oidc_groups_claim,
        tenant_claim=settings.agentos_oidc_tenant_claim,
    )
    return People(Oidc(provider), jar, session_seconds=settings.agentos_session_hours * 3_600)


def holders(settings: Settings, ring: KeyRing) -> Holders:
    """Sessions of those who enter a key; without a secret of the settings they end with us."""
    if settings.database_url and not settings.agentos_session_secret:
        _log.warning(
            "AGENTOS_SESSION_SECRET is not set: sessions of browsers end with this server, and"
            " other servers do not know them."
        )
    secret = settings.agentos_session_secret or secrets.token_urlsafe(MIN_SECRET)
    jar = _jar(settings, secret)
    return Holders(ring, jar, session_seconds=settings.agentos_session_hours * 3_600)


def _jar(settings: Settings, secret: str) -> Jar:
    if len(secret) < MIN_SECRET:
        raise BadSetting(
            f"AGENTOS_SESSION_SECRET has fewer than {MIN_SECRET} characters.",
            advice="Make one with `openssl rand -base64 32`.",
        )
    return Jar(Seal(secret), address=settings.url)
