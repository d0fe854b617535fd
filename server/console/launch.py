"""The page that launches an onboarding, and shows before what it would do."""

import secrets
from collections.abc import Collection
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from domain.errors import Invalid, KeyReused, NotFound, Overloaded, RequestError
from domain.launches import LaunchRequest
from domain.plans import Plan
from server.console import forms, people
from server.console.cards import planned
from server.console.naming import of_plan, sentences
from server.console.route import PageRoute, status_of
from server.console.run import risks
from server.console.shell import Console, ConsoleHere, go
from server.console.words import Tone
from server.lifecycle import launches, previews, reads
from server.lifecycle.names import silences

router = APIRouter(prefix="/launch", route_class=PageRoute, include_in_schema=False)

MAKES = {
    "slack": "A private channel with purpose, ops members and a welcome message",
    "github": "A secret team and a repository from the template, with invitations",
    "newsletter": "A list of the organisation; people join by double opt-in",
    "grants": "An application, started and never submitted",
}
EXAMPLE = {"name": "Dana Reyes", "email": "dana@acme.example"}
PLAIN = ("company_name", "slug", "request", "note", "idempotency_key")
Typed = dict[str, Any]


@router.get("")
async def form(
    request: Request,
    console: ConsoleHere,
    run: Annotated[str | None, Query(alias="from", max_length=40)] = None,
    example: str = "",
) -> Response:
    """An empty form, or one that is filled: like an earlier launch, or with the example."""
    typed = await _like(console, run, console.reader(request).tenant)
    if example and console.sandbox:
        typed |= {"company_name": "Acme Corp", "people": people.rows([EXAMPLE])}
    return await _page(request, console, typed)


@router.get("/name")
async def name(
    request: Request,
    console: ConsoleHere,
    company_name: Annotated[str, Query(max_length=200)] = "",
    slug: Annotated[str, Query(max_length=60)] = "",
    system: Annotated[list[str] | None, Query(max_length=20)] = None,
) -> Response:
    """What the systems say of the short name as it is typed; a preview says it without scripts."""
    try:
        found = await console.names.check(
            company_name, slug or None, system or (), console.actor(request)
        )
    except Invalid as error:
        return JSONResponse([{"tone": Tone.BAD, "text": f"{error.message} {error.advice}"}])
    return JSONResponse([one._asdict() for one in sentences(*found)])


@router.post("/preview")
async def preview(request: Request, console: ConsoleHere) -> Response:
    """The plan that a launch would propose now; nothing is written anywhere."""
    sent = await forms.read(request)
    typed = _typed(sent)
    try:
        wanted = _request(sent, console.service.systems).model_copy(
            update={"idempotency_key": None}
        )
        found = await previews.preview(console.service, wanted, console.actor(request))
    except (RequestError, ValidationError) as error:
        return await _refused(request, console, typed, error)
    return await _page(request, console, typed, preview=found)


@router.post("")
async def launch(request: Request, console: ConsoleHere) -> Response:
    """Launch; the same form sent twice is the same run."""
    sent = await forms.read(request)
    try:
        run, _ = await launches.launch(
            console.service, _request(sent, console.service.systems), console.actor(request)
        )
    except (RequestError, ValidationError, Overloaded) as error:
        return await _refused(request, console, _typed(sent), error)
    return go(f"/runs/{run.run_id}")


async def _page(
    request: Request,
    console: Console,
    typed: Typed,
    *,
    status: int = 200,
    preview: previews.Preview | None = None,
    error: Any = None,
) -> Response:
    proposed = preview.plans if preview else ()
    plans = [Plan(run_id="preview", **vars(one)) for one in proposed]
    silent = await silences(console.service, console.actor(request)) if plans else {}
    return await console.page(
        request,
        "launch.html",
        status=status,
        topic=None,
        typed=typed,
        systems=list(console.service.systems),
        makes=MAKES,
        person=people.FIELDS,
        preview=preview,
        plans=[(plan, risks(plan), of_plan(plan, silent)) for plan in plans],
        planned=planned,
        error=error,
    )


async def _refused(request: Request, console: Console, typed: Typed, error: Exception) -> Response:
    """The form as it was sent, with what is wrong on top and at its field."""
    if isinstance(error, KeyReused):  # the first try has arrived after all, and this is another
        typed |= {"idempotency_key": _new_key()}
    known = error if isinstance(error, Invalid | Overloaded | RequestError) else _invalid(error)
    told = {
        "message": known.message,
        "advice": known.advice,
        "field": getattr(known, "field", "").partition(".")[0],
    }
    return await _page(request, console, typed, status=status_of(known), error=told)


def _invalid(error: Exception) -> Invalid:
    first = error.errors()[0] if isinstance(error, ValidationError) else {"loc": (), "msg": ""}
    name = ".".join(str(part) for part in first["loc"])
    return Invalid(f"{name}: {first['msg']}.", field=name, advice="Correct it and try again.")


def _new_key() -> str:
    return f"console-{secrets.token_hex(12)}"


async def _like(console: Console, run_id: str | None, tenant: str) -> Typed:
    typed: Typed = {
        "company_name": "",
        "slug": "",
        "request": "",
        "note": "",
        "systems": list(console.service.systems),
        "people": people.rows(()),
        "idempotency_key": _new_key(),
    }
    try:
        earlier = await reads.get_run(console.service, run_id, tenant=tenant) if run_id else None
    except NotFound:
        earlier = None
    if earlier:
        asked = earlier.request
        typed |= {
            "company_name": asked.company_name or earlier.company.name,
            "slug": asked.slug or "",
            "request": asked.request or "",
            "note": asked.note or "",
            "systems": list(earlier.systems),
            "people": people.rows([contact.model_dump() for contact in asked.contacts]),
        }
    return typed


def _typed(form: FormData) -> Typed:
    """What was sent, to be shown again as it was."""
    return {
        **{name: str(form.get(name, "")) for name in PLAIN},
        "systems": [str(name) for name in form.getlist("systems")],
        "people": list(people.typed(form)),
    }


def _request(form: FormData, known: Collection[str]) -> LaunchRequest:
    systems = [str(name) for name in form.getlist("systems")]
    if not systems:
        raise Invalid(
            "No system is chosen.", field="systems", advice="Choose at least one of them."
        )
    fields: dict[str, Any] = {n: forms.text(form, n) for n in PLAIN}
    if set(systems) != set(known):  # all of them are also meant by saying nothing
        fields["systems"] = systems
    return LaunchRequest.model_validate(
        {
            "contacts": people.given(form),
            **{name: value for name, value in fields.items() if value},
        }
    )
