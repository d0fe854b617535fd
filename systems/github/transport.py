"""One request to GitHub through githubkit, and what its answer or its failure means."""

from collections.abc import AsyncIterator
from functools import cache
from ssl import SSLContext
from typing import Any
from urllib.parse import urlsplit

import httpx
from githubkit import AppInstallationAuthStrategy, GitHub, TokenAuthStrategy
from githubkit.cache import MemCacheStrategy
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError

from domain.codes import ErrorCode
from domain.errors import SystemFault
from systems.deadline import before, deadline
from systems.github.faults import garbled, refused, translate, whole_seconds
from systems.github.options import GitHubOptions, credential
from systems.github.rights import Rights
from systems.per_loop import PerLoop
from systems.sight import hear_response

API_VERSION = "2022-11-28"
"""The one that GitHub Enterprise Servers speak too."""

PAGE_SIZE = 100

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

Json = dict[str, Any]


@cache
def _certificates() -> SSLContext:
    """Made once: otherwise each request would read all of them anew."""
    return httpx.create_ssl_context()


class Transport:
    """Raises only `SystemFault`. Nothing is repeated here, and building it opens no connection.

    `rights` are known once something was asked.
    """

    def __init__(self, options: GitHubOptions) -> None:
        self._options = options
        self._credential = credential(options)
        self.rights = Rights(options)
        self._api = PerLoop(self._connect)

    def _connect(self) -> GitHub[TokenAuthStrategy] | GitHub[AppInstallationAuthStrategy]:
        settings: Json = {
            "base_url": self._options.base_url,
            "timeout": self._options.timeout_seconds,
            "ssl_verify": _certificates(),
            "http_cache": False,
            "auto_retry": False,
            "follow_redirects": False,
            "trust_env": urlsplit(self._options.base_url).hostname not in _LOOPBACK,
            "async_event_hooks": {"response": [whole_seconds, self.rights.hear, hear_response]},
            # The default one is shared by all servers, and would mix up their tokens.
            "cache_strategy": MemCacheStrategy(),
        }
        if isinstance(self._credential, SecretStr):
            return GitHub(TokenAuthStrategy(self._credential.get_secret_value()), **settings)
        app = self._credential
        return GitHub(
            AppInstallationAuthStrategy(app.app_id, app.private_key, app.installation_id),
            **settings,
        )

    async def _pages[Item: BaseModel](self, model: type[Item], path: str) -> AsyncIterator[Item]:
        several, number = TypeAdapter(list[model]), 1  # type: ignore[valid-type]
        while True:
            query = {"per_page": PAGE_SIZE, "page": number}
            answer = await self._send("GET", path, query=query)
            try:
                items = several.validate_json(answer.content)
            except ValidationError:
                raise garbled(f"GitHub (GET {path})", writes=False) from None
            for item in items:
                yield item
            if not items or "next" not in answer.links:
                return
            number += 1

    async def _find[Answer: BaseModel](self, model: type[Answer], path: str) -> Answer | None:
        try:
            return await self._ask(model, "GET", path)
        except SystemFault as fault:
            if fault.error_code is ErrorCode.NOT_FOUND:
                return None
            raise

    async def _delete(self, path: str) -> bool:
        """Whether there was anything to delete."""
        try:
            await self._send("DELETE", path, missing=ErrorCode.NOT_FOUND)
        except SystemFault as fault:
            if fault.error_code is ErrorCode.NOT_FOUND:
                return False
            raise
        return True

    async def _ask[Answer: BaseModel](
        self,
        model: type[Answer],
        method: str,
        path: str,
        *,
        body: Json | None = None,
        missing: ErrorCode | None = None,
    ) -> Answer:
        answer = await self._send(method, path, body=body, missing=missing)
        return parse(model, answer, method)

    async def _send(
        self,
        method: str,
        path: str,
        *,
        body: Json | None = None,
        query: Json | None = None,
        accept: str = "application/vnd.github+json",
        missing: ErrorCode | None = None,
    ) -> httpx.Response:
        label, writes = f"GitHub ({method} {path})", method != "GET"
        headers = {"Accept": accept, "X-GitHub-Api-Version": API_VERSION}
        try:
            async with before(deadline(self._options.timeout_seconds)):
                answer = await self._api.get().arequest(
                    method, path, json=body, params=query, headers=headers
                )
        except Exception as error:  # noqa: BLE001  (the client lets through what its parser meets)
            # Cut off from its cause, whose text may hold what was sent.
            raise translate(error, label, writes=writes, missing=missing) from None
        raw = answer.raw_response
        if not raw.is_success:
            raise refused(raw, label, writes=writes, missing=missing)
        if not _is_json(raw):
            raise garbled(label, writes=writes)
        return raw


def _is_json(answer: httpx.Response) -> bool:
    """An empty answer is one; a page of a proxy that stands between is none."""
    try:
        return not answer.content or answer.json() is not None
    except ValueError:
        return False


def parse[Answer: BaseModel](model: type[Answer], answer: httpx.Response, method: str) -> Answer:
    try:
        return model.model_validate_json(answer.content)
    except ValidationError:
        label = f"GitHub ({method} {answer.request.url.path})"
        raise garbled(label, writes=method != "GET") from None
