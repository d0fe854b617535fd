"""Full bodies as the published description requires them, from the few facts that are stored."""

import base64

from sandbox.github.call import Call
from sandbox.github.seed import STARTED
from sandbox.store import Body

_REPOSITORY_LINKS = (
    "archive_url:{archive_format}{/ref}",
    "assignees_url:assignees{/user}",
    "blobs_url:git/blobs{/sha}",
    "branches_url:branches{/branch}",
    "collaborators_url:collaborators{/collaborator}",
    "comments_url:comments{/number}",
    "commits_url:commits{/sha}",
    "compare_url:compare/{base}...{head}",
    "contents_url:contents/{+path}",
    "contributors_url:contributors",
    "deployments_url:deployments",
    "downloads_url:downloads",
    "events_url:events",
    "forks_url:forks",
    "git_commits_url:git/commits{/sha}",
    "git_refs_url:git/refs{/sha}",
    "git_tags_url:git/tags{/sha}",
    "hooks_url:hooks",
    "issue_comment_url:issues/comments{/number}",
    "issue_events_url:issues/events{/number}",
    "issues_url:issues{/number}",
    "keys_url:keys{/key_id}",
    "labels_url:labels{/name}",
    "languages_url:languages",
    "merges_url:merges",
    "milestones_url:milestones{/number}",
    "notifications_url:notifications",
    "pulls_url:pulls{/number}",
    "releases_url:releases{/id}",
    "stargazers_url:stargazers",
    "statuses_url:statuses/{sha}",
    "subscribers_url:subscribers",
    "subscription_url:subscription",
    "tags_url:tags",
    "teams_url:teams",
    "trees_url:git/trees{/sha}",
)
_COUNTS = (
    "forks",
    "forks_count",
    "open_issues",
    "open_issues_count",
    "stargazers_count",
    "watchers",
    "watchers_count",
    "size",
)
_COUNTS_OF_ONE = ("network_count", "subscribers_count")
"""Told of a repository on its own only."""

LEVELS = ("admin", "maintain", "push", "triage", "pull")


def node(kind: str, number: int | str) -> str:
    """The identity in GitHub's other API."""
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


def user(call: Call, login: str, number: int, kind: str = "User") -> Body:
    """A simple user, or the organisation as an owner."""
    api = f"{call.origin}/github/users/{login}"
    names = ("followers", "organizations", "repos", "received_events", "subscriptions")
    return {
        "login": login,
        "id": number,
        "node_id": node(kind, number),
        "avatar_url": f"{call.origin}/avatars/{number}",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{call.origin}/view/github/{'user' if kind == 'User' else 'org'}/{login}",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "events_url": f"{api}/events{{/privacy}}",
        **{f"{name}_url": f"{api}/{name}" for name in names},
        "type": kind,
        "site_admin": False,
    }


def simple_organization(call: Call) -> Body:
    """The organisation where it is part of something else."""
    org = call.org
    api = f"{call.origin}/github/orgs/{org['login']}"
    return {
        "login": org["login"],
        "id": org["id"],
        "node_id": node("Organization", org["id"]),
        "url": api,
        **{f"{name}_url": f"{api}/{name}" for name in ("repos", "events", "hooks", "issues")},
        "members_url": f"{api}/members{{/member}}",
        "public_members_url": f"{api}/public_members{{/member}}",
        "avatar_url": f"{call.origin}/avatars/{org['id']}",
        "description": "The sandbox's organisation",
    }


def organization(call: Call) -> Body:
    """The organisation itself; base permission "none", as the connector asks for."""
    return simple_organization(call) | {
        "html_url": f"{call.origin}/view/github/org/{call.org['login']}",
        "name": call.org["login"],
        "has_organization_projects": False,
        "has_repository_projects": False,
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "type": "Organization",
        "created_at": STARTED,
        "updated_at": STARTED,
        "archived_at": None,
        "default_repository_permission": "none",
        "members_can_create_repositories": False,
        "two_factor_requirement_enabled": False,
    }


def simple_team(call: Call, found: Body) -> Body:
    """A team as another team's parent."""
    api = f"{call.origin}/github/organizations/{call.org['id']}/team/{found['id']}"
    return {
        "id": found["id"],
        "node_id": node("Team", found["id"]),
        "url": api,
        "html_url": f"{call.origin}/view/github/team/{found['id']}",
        "name": found["name"],
        "slug": found["slug"],
        "description": found["description"],
        "privacy": found["privacy"],
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "members_url": f"{api}/members{{/member}}",
        "repositories_url": f"{api}/repos",
        "type": "organization",
        "organization_id": call.org["id"],
    }


def team(call: Call, found: Body) -> Body:
    """A team in a list."""
    parent = call.store.get("github", "team", found["parent"]) if found["parent"] else None
    return simple_team(call, found) | {"parent": simple_team(call, parent) if parent else None}


def full_team(call: Call, found: Body) -> Body:
    """A team on its own, with its numbers."""
    store = call.store
    grants = [one for one in store.all("github", "grant") if one["team"] == found["id"]]
    members = [
        one
        for one in store.all("github", "membership")
        if one["team"] == found["id"] and one["state"] == "active"
    ]
    return team(call, found) | {
        "created_at": found["created_at"],
        "updated_at": found["updated_at"],
        "members_count": len(members),
        "repos_count": len(grants),
        "organization": organization(call),
    }


def permissions(level: str) -> dict[str, bool]:
    """Each level holds all below it."""
    reached = LEVELS.index(level)
    return {name: at >= reached for at, name in enumerate(LEVELS)}


def role_name(level: str) -> str:
    """GitHub's newer names of the same levels."""
    return {"push": "write", "pull": "read"}.get(level, level)


def repository(call: Call, found: Body) -> Body:
    """A repository in a list, or as the template of another one."""
    org = call.org
    name = f"{org['login']}/{found['name']}"
    api = f"{call.origin}/github/repos/{name}"
    body: Body = {
        "id": found["id"],
        "node_id": node("Repository", found["id"]),
        "name": found["name"],
        "full_name": name,
        "private": found["private"],
        "visibility": "private" if found["private"] else "public",
        "owner": user(call, org["login"], org["id"], "Organization"),
        "html_url": f"{call.origin}/view/github/repository/{found['id']}",
        "description": found["description"],
        "fork": False,
        "url": api,
        **_links(api),
        "git_url": f"git://sandbox/{name}.git",
        "ssh_url": f"git@sandbox:{name}.git",
        "clone_url": f"{call.origin}/{name}.git",
        "svn_url": f"{call.origin}/{name}",
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        "default_branch": "main",
        **dict.fromkeys(_COUNTS, 0),
        "has_issues": True,
        "has_projects": False,
        "has_wiki": False,
        "has_pages": False,
        "has_downloads": True,
        "has_discussions": False,
        "has_pull_requests": True,
        "is_template": found["is_template"],
        "topics": found["topics"],
        "archived": found["archived"],
        "disabled": False,
        "pushed_at": found["pushed_at"],
        "created_at": found["created_at"],
        "updated_at": found["updated_at"],
        "permissions": permissions("admin"),
    }
    if call.is_newest:
        del body["has_downloads"]
    return body


def full_repository(call: Call, found: Body) -> Body:
    """A repository on its own, with what it was generated from."""
    template = call.store.get("github", "repository", found["template"] or "")
    body = repository(call, found)
    origin = repository(call, template) if template else None
    counts = dict.fromkeys(_COUNTS_OF_ONE, 0)
    return body | counts | {"template_repository": origin, "organization": body["owner"]}


def _links(api: str) -> dict[str, str]:
    links = {}
    for line in _REPOSITORY_LINKS:
        key, _, path = line.partition(":")
        links[key] = api + ("" if path.startswith("{") else "/") + path
    return links
