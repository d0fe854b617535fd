"""GitHub's REST API, as far as teams, repositories, grants and invitations go."""

from fastapi import APIRouter

from sandbox.github import people, repositories, teams


def router() -> APIRouter:
    """All nouns under one prefix."""
    routes = APIRouter()
    for module in (teams, repositories, people):
        routes.include_router(module.router)
    return routes
