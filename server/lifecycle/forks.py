"""Forking: a new run from what another one was about after an earlier event."""

from typing import Any

from domain.companies import UNNAMED, company_id_for
from domain.launches import LaunchRequest, Origin
from domain.runs import RunState
from domain.scopes import Scope
from server.lifecycle.launches import Launched, launch
from server.lifecycle.reads import get_run
from server.lifecycle.service import Actor, Service, check_version


async def fork(
    service: Service,
    run_id: str,
    actor: Actor,
    *,
    at: int | None = None,
    changes: dict[str, Any] | None = None,
    if_version: int | None = None,
) -> Launched:
    """Launch what the run was about after event `at`, edits until then included, with `changes`.

    It is planned and approved anew, finds what the other one made, and is linked to it. The other
    run, which may have ended, stays as it is.
    """
    actor.require(Scope.OPERATOR)
    now = await get_run(service, run_id, tenant=actor.tenant)
    check_version(now, if_version)
    then = now if at is None else await get_run(service, run_id, tenant=actor.tenant, at=at)
    about = _about(then)
    body = about | (changes or {})
    body["company_name"] = body["company_name"] or about["company_name"]
    if body["company_name"] != about["company_name"] and "slug" not in (changes or {}):
        body["slug"] = None  # it was the other company's
    origin = Origin(run_id=run_id, seq=then.version)
    return await launch(service, LaunchRequest.model_validate(body), actor, origin=origin)


def _about(run: RunState) -> dict[str, Any]:
    company, read = run.company, run.company.company_id != UNNAMED.company_id
    own_slug = read and company.company_id != company_id_for(company.name)
    return {
        "company_name": company.name if read else None,
        "request": None if run.plan or (run.reading and read) else run.request.request,
        "systems": list(run.systems) if read else run.request.systems,
        "contacts": list(company.contacts),
        "slug": company.slug if own_slug else None if read else run.request.slug,
        "note": run.request.note,
        "deadline_seconds": run.request.deadline_seconds,
        "choices": company.choices,
    }
