"""Full bodies as the published description requires them, from the few facts that are stored."""

import base64
from typing import Any

from sandbox.github.seed import STARTED
from sandbox.store import Body, Store

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
    "network_count",
    "subscribers_count",
    "size",
)
_LEVELS = ("admin", "maintain", "push", "triage", "pull")
_ROLES = {
    "admin": "admin",
    "maintain": "maintain",
    "push": "write",
    "triage": "triage",
    "pull": "read",
}


def node(kind: str, number: int | str) -> str:
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


def user(origin: str, login: str, number: int, kind: str = "User") -> Body:
    """A simple user, or the organisation as an owner."""
    api = f"{origin}/github/users/{login}"
    links = {
        f"{name}_url": f"{api}/{name}"
        for name in ("followers", "organizations", "repos", "received_events", "subscriptions")
    }
    return {
        "login": login,
        "id": number,
        "node_id": node(kind, number),
        "avatar_url": f"{origin}/avatars/{number}",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{origin}/{login}",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "events_url": f"{api}/events{{/privacy}}",
        **links,
        "type": kind,
        "site_admin": False,
    }


def organization(origin: str, org: Body) -> Body:
    api = f"{origin}/github/orgs/{org['login']}"
    names = ("repos", "events", "hooks", "issues")
    return {
        "login": org["login"],
        "id": org["id"],
        "node_id": node("Organization", org["id"]),
        "url": api,
        **{f"{name}_url": f"{api}/{name}" for name in names},
        "members_url": f"{api}/members{{/member}}",
        "public_members_url": f"{api}/public_members{{/member}}",
        "avatar_url": f"{origin}/avatars/{org['id']}",
        "description": "The sandbox's organisation",
        "html_url": f"{origin}/view/github/org/{org['login']}",
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
    }


def team(origin: str, store: Store, org: Body, found: Body, *, full: bool) -> Body:
    api = f"{origin}/github/organizations/{org['id']}/team/{found['id']}"
    body: Body = {
        "id": found["id"],
        "node_id": node("Team", found["id"]),
        "url": api,
        "html_url": f"{origin}/view/github/team/{found['id']}",
        "name": found["name"],
        "slug": found["slug"],
        "description": found["description"],
        "privacy": found["privacy"],
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "members_url": f"{api}/members{{/member}}",
        "repositories_url": f"{api}/repos",
        "type": "organization",
        "parent": None,
    }
    if full:
        grants = [g for g in store.all("github", "grant") if g["team"] == found["id"]]
        members = [m for m in store.all("github", "membership") if m["team"] == found["id"]]
        body |= {
            "created_at": found["created_at"],
            "updated_at": found["created_at"],
            "members_count": len(members),
            "repos_count": len(grants),
            "organization": organization(origin, org),
            "organization_id": org["id"],
        }
    return body


def permissions(level: str) -> dict[str, bool]:
    """Each level holds all below it."""
    reached = _LEVELS.index(level)
    return {name: at >= reached for at, name in enumerate(_LEVELS)}


def role_name(level: str) -> str:
    return _ROLES[level]


def repository(origin: str, store: Store, org: Body, found: Body, *, nested: bool = True) -> Body:
    name = f"{org['login']}/{found['name']}"
    api = f"{origin}/github/repos/{name}"
    links: dict[str, Any] = {}
    for line in _REPOSITORY_LINKS:
        key, _, path = line.partition(":")
        joint = "" if path.startswith("{") else "/"
        links[key] = f"{api}{joint}{path}"
    template = store.get("github", "repository", found["template"]) if found["template"] else None
    body: Body = {
        "id": found["id"],
        "node_id": node("Repository", found["id"]),
        "name": found["name"],
        "full_name": name,
        "private": found["private"],
        "visibility": "private" if found["private"] else "public",
        "owner": user(origin, org["login"], org["id"], "Organization"),
        "html_url": f"{origin}/view/github/repository/{found['id']}",
        "description": found["description"],
        "fork": False,
        "url": api,
        **links,
        "git_url": f"git://sandbox/{name}.git",
        "ssh_url": f"git@sandbox:{name}.git",
        "clone_url": f"{origin}/{name}.git",
        "svn_url": f"{origin}/{name}",
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
        "updated_at": found["pushed_at"],
        "permissions": permissions("admin"),
    }
    if nested:
        simple = repository(origin, store, org, template, nested=False) if template else None
        body |= {"template_repository": simple, "organization": body["owner"]}
    return body
