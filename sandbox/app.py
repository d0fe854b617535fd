"""One application that stands in for Slack, GitHub, Brevo, CommonGrants and Bedrock over HTTP."""

from pathlib import Path

from fastapi import FastAPI
from starlette.types import ASGIApp

from sandbox import control, views
from sandbox.bedrock import routes as bedrock
from sandbox.bedrock.script import Script
from sandbox.brevo import routes as brevo
from sandbox.brevo import seed as brevo_seed
from sandbox.faults import FaultLayer
from sandbox.github import control as github_control
from sandbox.github import routes as github
from sandbox.github import seed as github_seed
from sandbox.grants import routes as grants
from sandbox.grants import seed as grants_seed
from sandbox.slack import control as slack_control
from sandbox.slack import routes as slack
from sandbox.slack import seed as slack_seed
from sandbox.store import Store


def plant(store: Store) -> None:
    """Put there what a fresh workspace has; what exists already is left as it is."""
    for module in (slack_seed, github_seed, brevo_seed, grants_seed):
        module.seed(store)


def create_app(path: Path | str) -> ASGIApp:
    """The sandbox over the documents in `path`, which survive restarts."""
    store = Store(path)
    plant(store)
    app = FastAPI(title="AgentOS sandbox", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.store = store
    app.state.seed = plant
    app.include_router(control.router)
    app.include_router(github_control.router)
    app.include_router(slack_control.router)
    app.include_router(views.router)
    app.include_router(slack.router(), prefix="/slack/api")
    app.include_router(github.router(), prefix="/github")
    app.include_router(brevo.router(), prefix="/brevo/v3")
    app.include_router(grants.router(), prefix="/grants/common-grants")
    app.state.bedrock = Script()
    app.include_router(bedrock.control)
    app.include_router(bedrock.router, prefix="/bedrock")
    return FaultLayer(app, store)
