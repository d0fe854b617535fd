"""People log in at a provider of OpenID Connect: authorization code with PKCE, state and nonce."""

import hmac
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext
from typing import Any, NamedTuple

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from domain.errors import AgentOSError, Invalid, RequestError
from domain.keys import clean_person, clean_tenant
from domain.names import clean_name
from domain.scopes import DEFAULT_TENANT, Scope

EVERYBODY = "*"
LEEWAY_SECONDS = 30
_ALGORITHMS = ["RS256", "PS256", "ES256", "Ed25519"]
_KEYS_AGAIN_SECONDS = 60.0
_PATIENCE_SECONDS = 10.0
_log = logging.getLogger("agentos.login")


class LoginRefused(RequestError):
    """The provider did not say who this is, or not in a way that can be trusted."""

    code = "login_refused"
    advice = "Open /auth/login and try again; the server's log says what was wrong."


class ProviderAway(AgentOSError):
    """The provider does not answer as one."""

    code = "provider_away"
    advice = "Try again in a moment; API keys work meanwhile."


@dataclass(frozen=True)
class Provider:
    """Where people log in, and what is believed of what it says of them.

    `scopes` says what the members of a group may do; `EVERYBODY` is in one. Without `tenant_claim`
    everybody is of the first tenant.
    """

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    scopes: Mapping[str, frozenset[Scope]]
    name_claim: str = "email"
    groups_claim: str = "groups"
    tenant_claim: str = ""


class Ticket(NamedTuple):
    """What one login will be known by when it comes back."""

    state: str
    nonce: str
    verifier: str


class Person(NamedTuple):
    """Who has logged in, as the provider says, and what they may do."""

    name: str
    tenant: str
    groups: frozenset[str]
    scopes: frozenset[Scope]


class Oidc:
    """Sends people to the provider and believes what they come back with, if it is for us and new.

    `LoginRefused` and `ProviderAway` say nothing of what the provider said; the log does.
    """

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._document: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._keys_at = 0.0

    async def begin(self) -> tuple[str, Ticket]:
        """Where to send somebody, and the ticket that only their browser may keep."""
        document = await self._discovered()
        ticket = Ticket(*(secrets.token_urlsafe(32) for _ in Ticket._fields))
        address: str = prepare_grant_uri(
            document["authorization_endpoint"],
            self._provider.client_id,
            "code",
            redirect_uri=self._provider.redirect_uri,
            scope="openid profile email",
            state=ticket.state,
            nonce=ticket.nonce,
            code_challenge=create_s256_code_challenge(ticket.verifier),
            code_challenge_method="S256",
        )
        return address, ticket

    async def finish(self, ticket: Ticket, said: Mapping[str, str]) -> Person:
        """Who has come back with these parameters."""
        if not hmac.compare_digest(said.get("state", "").encode(), ticket.state.encode()):
            raise _refused("the state is another")
        issuer = (await self._discovered())["issuer"]
        if said.get("iss", issuer) != issuer:
            raise _refused("another provider answers")
        if "code" not in said:
            raise _refused("there is no code")
        token = await self._exchange(said["code"], ticket.verifier)
        claims = await self._checked(token, ticket.nonce)
        try:
            return self._person(claims)
        except Invalid as error:
            raise _refused(f"{error.field} is not acceptable") from None

    async def _exchange(self, code: str, verifier: str) -> str:
        """The identity token that the provider gives for the code, once."""
        document, provider = await self._discovered(), self._provider
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": provider.redirect_uri,
            "code_verifier": verifier,
        }
        method = "client_secret_basic" if provider.client_secret else "none"
        address, headers, body = ClientAuth(
            provider.client_id, provider.client_secret, method
        ).prepare(
            "POST",
            document["token_endpoint"],
            {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            str(httpx.QueryParams(form)),
        )
        answer = await _ask("POST", address, headers=headers, content=body)
        if answer.status_code != 200:
            raise _refused(f"the provider does not take the code ({answer.status_code})")
        token = _object(answer).get("id_token")
        if not isinstance(token, str):
            raise _refused("there is no identity token")
        return token

    async def _checked(self, token: str, nonce: str) -> dict[str, Any]:
        """The claims of a token that this provider has made for us and for this login, now."""
        own = self._provider.client_id
        wanted = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": (await self._discovered())["issuer"]},
            aud={"essential": True, "value": own},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            try:
                claims = jwt.decode(token, await self._signers(), _ALGORITHMS).claims
            except InvalidKeyIdError:
                claims = jwt.decode(token, await self._signers(anew=True), _ALGORITHMS).claims
            wanted.validate(claims)
        except (JoseError, ValueError) as error:
            raise _refused(f"the identity token: {type(error).__name__}") from None
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else own) != own:
            raise _refused("the identity token is for another party")
        return claims

    def _person(self, claims: Mapping[str, Any]) -> Person:
        provider = self._provider
        name = claims.get(provider.name_claim)
        if not isinstance(name, str):
            raise _refused(f"there is no {provider.name_claim}")
        if provider.name_claim == "email" and claims.get("email_verified", True) is not True:
            raise _refused("the email is not verified")
        given = claims.get(provider.groups_claim) or ()
        groups = frozenset(
            clean_name(group, "group")
            for group in ([given] if isinstance(given, str) else given)
            if isinstance(group, str)
        )
        scopes = [provider.scopes.get(group, frozenset()) for group in (*groups, EVERYBODY)]
        tenant = claims.get(provider.tenant_claim) if provider.tenant_claim else DEFAULT_TENANT
        return Person(
            name=clean_person(name),
            tenant=clean_tenant(str(tenant)),
            groups=groups,
            scopes=frozenset().union(*scopes),
        )

    async def _discovered(self) -> dict[str, Any]:
        issuer = self._provider.issuer
        if not self._document:
            address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
            found = _object(await _ask("GET", address))
            ends = [found.get(f"{n}_endpoint") for n in ("authorization", "token")]
            ends.append(found.get("jwks_uri"))
            plain = not issuer.startswith("https:")
            # Some names end with a slash, which settings lose.
            if str(found.get("issuer")).rstrip("/") != issuer.rstrip("/") or not all(
                isinstance(end, str) and (plain or end.startswith("https:")) for end in ends
            ):
                raise _away("its description is of another provider")
            self._document = found
        return self._document

    async def _signers(self, *, anew: bool = False) -> KeySet:
        """The provider's keys; asked for again when a token names one that is new."""
        if self._keys is None or (anew and time.monotonic() - self._keys_at > _KEYS_AGAIN_SECONDS):
            found = _object(await _ask("GET", (await self._discovered())["jwks_uri"]))
            try:
                self._keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError):
                raise _away("its keys cannot be read") from None
            self._keys_at = time.monotonic()
        return self._keys


async def _ask(method: str, address: str, **more: Any) -> httpx.Response:
    try:
        async with httpx.AsyncClient(
            trust_env=False, timeout=_PATIENCE_SECONDS, verify=_certificates()
        ) as http:
            return await http.request(method, address, **more)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _away(type(error).__name__) from None


@cache
def _certificates() -> SSLContext:
    """Read once: no request should wait while they are read again."""
    return httpx.create_ssl_context(trust_env=False)


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json() if answer.status_code == 200 else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _away(f"its answer is not one ({answer.status_code})")
    return found


def _refused(why: str) -> LoginRefused:
    _log.warning("a login was refused: %s", why)
    return LoginRefused("The login could not be completed.")


def _away(why: str) -> ProviderAway:
    _log.warning("the provider of logins: %s", why)
    return ProviderAway("The provider of logins does not answer.")
