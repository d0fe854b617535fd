"""What OpenAPI says about every operation, and the page that shows it without any network."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline

from server.api.problems import MEDIA_TYPE, Problem

Responses = dict[int | str, dict[str, Any]]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

_DESCRIPTION = """\
Launch and steer onboardings. Every refusal is `application/problem+json` (RFC 9457) with a stable
`code`, one sentence and one advice. `X-Request-Id` is on every answer."""
_TEXT = {"type": "string"}


def _problems(**described: str) -> Responses:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        int(status.removeprefix("s")): {
            "description": text,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status, text in described.items()
    }


def _headers(**described: str) -> dict[str, Any]:
    return {
        name.replace("_", "-"): {"description": text, "schema": _TEXT}
        for name, text in described.items()
    }


def _link(operation: str, text: str, **more: str) -> dict[str, Any]:
    return {
        "operationId": operation,
        "parameters": {"run_id": "$response.body#/run_id"} | more,
        "description": text,
    }


_ANYWHERE = _problems(
    s400="Malformed: not JSON, a header that says nothing, or a Host that is not this server.",
    s401="Nobody is known to have sent this; nothing was looked up.",
    s403="Whoever sent this may not do it.",
    s405="The address has other methods; `Allow` names them.",
    s413="The body is larger than 64 KiB, or than 4 MiB where a sheet is uploaded.",
    s415="The body is not declared as JSON.",
    s422="A value is wrong or a field unknown; `field` names it.",
    s500="A defect; find it in the log by `request_id`.",
    s503="Not now; `Retry-After` says when.",
)
_RUN = {"application/json": {"schema": {"$ref": "#/components/schemas/RunView"}}}
_TAG = _headers(ETag="The version of the run.")
_REPLAYED = _headers(Idempotent_Replayed="`true` when this had been done before.")
_LINKS = {
    "get": _link("get_run", "Read the run."),
    "events": _link("list_events", "Read its events."),
    "pause": _link("pause", "Pause it."),
    "resume": _link("resume", "Answer its question, or go on with it."),
    "cancel": _link("cancel", "End it."),
    "wait": _link("wait_until_parked", "Wait until it is parked or has ended."),
    "context": _link("get_context", "Read it as a model would."),
    "verify": _link("verify", "Read back what it has made."),
    "retry": _link("retry_step", "Try a system again.", system="$response.body#/systems/0"),
    "skip": _link("skip_step", "Go on without a system.", system="$response.body#/systems/0"),
    "fork": _link("fork", "Launch it again, with other input."),
}

KNOWN: Responses = _problems(s404="There is no such run.")
MOVES: Responses = KNOWN | _problems(
    s409="The run's status does not permit this, or another decision won: `winner` says which.",
    s412="The run is no longer at the version that If-Match names.",
)
TAGGED: Responses = {200: {"headers": _TAG}}
MOVED: Responses = {202: {"headers": _TAG}}
DECIDED: Responses = MOVED | {
    200: {
        "description": "This responder had already decided so.",
        "headers": _TAG | _REPLAYED,
        "content": _RUN,
    }
}
READ: Responses = TAGGED | {
    304: {"description": "The run is unchanged since If-None-Match.", "headers": _TAG},
}
LISTED: Responses = {200: {"headers": _headers(Link='The next page, as `rel="next"`.')}}
EVENTS: Responses = {
    200: {"content": {"text/event-stream": {"schema": _TEXT}}},
    204: {"description": "A stream of a run that has ended and whose last event was seen."},
}
CHAT: Responses = {
    200: {"content": {"text/event-stream": {"schema": _TEXT}}},
}
LAUNCHED: Responses = _problems(
    s429="Too many runs wait already; `Retry-After` says when to come back."
) | {
    201: {
        "headers": _TAG
        | _headers(
            Location="The run's address, relative.", Retry_After="When to look, in seconds."
        ),
        "links": _LINKS,
    },
    200: {
        "description": "The same run: this key had launched it before.",
        "headers": _TAG | _REPLAYED | _headers(Location="The run's address, relative."),
        "content": _RUN,
        "links": _LINKS,
    },
}
WEBHOOK: Responses = (
    {200: {"headers": _TAG | _REPLAYED}}
    | MOVES
    | _problems(s401="Not signed with a secret that is known here.")
)
SUBMITTED: Responses = {
    201: {"headers": _headers(Location="The batch's address, relative.")},
    200: {
        "description": "The same sheet was uploaded before: its batch.",
        "headers": _REPLAYED | _headers(Location="The batch's address, relative."),
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BatchView"}}},
    },
}
STEERED: Responses = KNOWN | _problems(
    s409="The batch is in another state, or other plans wait by now: `current_digest` names them."
)
RESULTS: Responses = {200: {"content": {"text/csv": {"schema": _TEXT}}}}
_HEARD: Responses = {
    200: {"description": "Heard. What comes of it is told in Slack.", "content": {}}
}
SLACK: Responses = _HEARD | _problems(s401="Not signed by Slack within the last five minutes.")
READINESS: Responses = _problems(s503="Not ready; `checks` says what is wrong.")


def new_application(lifespan: Lifespan) -> FastAPI:
    """An application without operations, whose documentation is at /docs and needs no network.

    There is no redirect of trailing slashes: it would repeat the caller's Host header.
    """
    app: FastAPI = FastAPIOffline(
        docs_url="/docs",
        redoc_url=None,
        title="AgentOS",
        version="1",
        description=_DESCRIPTION,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def operations(tag: str, *, prefix: str = "", route_class: type[APIRoute] = APIRoute) -> APIRouter:
    """A router without operations yet; each says what may come of every one of them."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=route_class, responses=_ANYWHERE)


def serve(app: FastAPI, router: APIRouter) -> None:
    """Add its operations. Including the router would make each anew for every application."""
    app.router.routes.extend(router.routes)


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
        )
        document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        # Nobody needs a key where nobody has to log in.
        document["security"] = [{"key": []}, {}]
        schemas = document["components"]["schemas"]
        schemas["Problem"] = Problem.model_json_schema()
        for name in ("LaunchRequest", "PlanEdit", "ForkBody"):
            (listed,) = (s for s in schemas[name]["properties"]["systems"]["anyOf"] if "items" in s)
            listed["items"]["enum"] = list(app.state.service.systems)
        for operation in _operations(document):
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _given(parameter["schema"])
        app.openapi_schema = document
    return app.openapi_schema


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in document["paths"].values():
        yield from operations.values()


def _given(schema: dict[str, Any]) -> dict[str, Any]:
    """What a parameter is when it is there: neither a header nor a query can say null."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    kept = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**kept, **kinds[0]}
