"""Branches: one, `main`, as soon as there is content."""

from fastapi import Response

from sandbox.github import bodies
from sandbox.github.answers import GitHubError, Routes
from sandbox.github.call import REPOSITORY, Asked, Call
from sandbox.store import Body

router = Routes()
DEFAULT = "main"


@router.on("GET", REPOSITORY, "/branches/{branch:path}")
async def get_branch(call: Asked) -> Response:
    """409 while the template is being copied (hedge #251, fullsend #5671), and when empty."""
    found = call.repository
    if found["reads_until_ready"] > 0 or found["empty"]:
        left = max(0, found["reads_until_ready"] - 1)
        call.store.put("github", "repository", found["id"], found | {"reads_until_ready": left})
        raise GitHubError(409, "Git Repository is empty.")
    if call.request.path_params["branch"] != DEFAULT:
        raise GitHubError(404, "Branch not found")
    return call.answer(200, _branch(call, found))


def _branch(call: Call, found: Body) -> Body:
    api = f"{call.origin}/github/repos/{call.org['login']}/{found['name']}"
    sha = f"{found['id']:040x}"
    person = {"name": "AgentOS", "email": "agentos@example.com", "date": found["created_at"]}
    commit = {
        "url": f"{api}/git/commits/{sha}",
        "author": person,
        "committer": person,
        "message": "Initial commit",
        "comment_count": 0,
        "tree": {"sha": sha, "url": f"{api}/git/trees/{sha}"},
        "verification": {
            "verified": False,
            "reason": "unsigned",
            "payload": None,
            "signature": None,
            "verified_at": None,
        },
    }
    return {
        "name": DEFAULT,
        "commit": {
            "url": f"{api}/commits/{sha}",
            "sha": sha,
            "node_id": bodies.node("Commit", sha),
            "html_url": f"{api}/commit/{sha}",
            "comments_url": f"{api}/commits/{sha}/comments",
            "commit": commit,
            "author": None,
            "committer": None,
            "parents": [],
        },
        "_links": {"html": f"{api}/tree/{DEFAULT}", "self": f"{api}/branches/{DEFAULT}"},
        "protected": False,
        "protection": {"enabled": False},
        "protection_url": f"{api}/branches/{DEFAULT}/protection",
    }
