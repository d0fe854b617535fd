"""A small provider of OpenID Connect: what it signs is real, and it can be told to lie."""

import base64
import hashlib
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.integration.caller import served

CLIENT, SECRET = "agentos", "client-secret"


@dataclass
class Login:
    """A provider at which `person` is logged in; whoever is sent there comes back at once.

    `lies` replace claims of tokens, None leaves one out. `forged`: signed with a key of nobody;
    `confused`: with the public key as if it were a secret; `unsigned`: not at all.
    """

    person: dict[str, Any]
    issuer: str = ""
    lies: dict[str, Any] = field(default_factory=dict)
    twist: str = ""
    asked: list[str] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))

    def turn_key(self) -> None:
        """Sign with a new key from now on."""
        self._key = RSAKey.generate_key(2048, {"kid": "2"})

    def describe(self) -> dict[str, str]:
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        ends = {name: f"{self.issuer}/{name.split('_')[0]}" for name in names}
        return {"issuer": self.issuer, **ends}

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert query["client_id"] == CLIENT
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        back = {"code": code, "state": query["state"], "iss": self.issuer}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def token(self, form: dict[str, str], authorization: str) -> Response:
        """The identity token for a code that was not used before, by who has its verifier."""
        asked = self._codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        client = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form["redirect_uri"]
            or client != f"{CLIENT}:{SECRET}"
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"id_token": self._signed(asked["nonce"]), "token_type": "Bearer"})

    def keys(self) -> dict[str, Any]:
        return {"keys": [self._key.as_dict(private=False)]}

    def _signed(self, nonce: str) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {"iss": self.issuer, "aud": CLIENT, "sub": "1", "nonce": nonce}
        claims |= {"iat": now, "exp": now + 60, **self.person, **self.lies}
        told = {name: value for name, value in claims.items() if value is not None}
        key: Any = self._key
        algorithm = "RS256"
        match self.twist:
            case "forged":
                key = RSAKey.generate_key(2048)
            case "confused":
                key, algorithm = OctKey.import_key(self._key.as_pem(private=False)), "HS256"
            case "unsigned":
                parts = (b'{"alg":"none","kid":"1"}', httpx.Response(200, json=told).content, b"")
                return b".".join(base64.urlsafe_b64encode(p).rstrip(b"=") for p in parts).decode()
        return jwt.encode({"alg": algorithm, "kid": self._key.kid or ""}, told, key, [algorithm])


@asynccontextmanager
async def login_provider(**person: Any) -> AsyncIterator[Login]:
    """A provider on a free port of this machine."""
    login, app = Login(person), FastAPI()

    @app.middleware("http")
    async def note(request: Request, call_next: Any) -> Response:
        login.asked.append(request.url.path)
        response: Response = await call_next(request)
        return response

    @app.get("/.well-known/openid-configuration")
    async def description() -> dict[str, str]:
        return login.describe()

    @app.get("/authorization")
    async def authorization(request: Request) -> Response:
        return RedirectResponse(login.authorize(dict(request.query_params)), 302)

    @app.post("/token")
    async def token(request: Request) -> Response:
        form = {
            name: values[0] for name, values in parse_qs((await request.body()).decode()).items()
        }
        return login.token(form, request.headers.get("authorization", ""))

    @app.get("/jwks")
    async def jwks() -> dict[str, Any]:
        return login.keys()

    app.state.stopping = _Never()
    async with served(app) as http:
        login.issuer = str(http.base_url).rstrip("/")
        yield login


class _Never:
    """What a server of ours has, to end streams early; there are none here."""

    def set(self) -> None:
        """Nothing waits."""
