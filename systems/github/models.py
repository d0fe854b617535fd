"""The few fields of GitHub's answers that are used; all others are let through.

GitHub's servers leave out much of what their description requires, the older the more.
"""

from pydantic import AwareDatetime, BaseModel

from domain.choices import Permission

_BY_ROLE = {"read": Permission.PULL, "write": Permission.PUSH}


class Organization(BaseModel):
    """The organisation that everything is made in."""

    id: int
    login: str


class Team(BaseModel):
    """A team; `slug` is GitHub's name for it in addresses."""

    id: int
    name: str
    slug: str
    description: str | None = None
    privacy: str | None = None
    html_url: str | None = None
    created_at: AwareDatetime | None = None


class Template(BaseModel):
    """The repository that another was made from."""

    full_name: str


class Repository(BaseModel):
    """A repository; under an earlier name GitHub answers with the present one."""

    id: int
    name: str
    full_name: str
    private: bool
    archived: bool = False
    is_template: bool = False
    description: str | None = None
    html_url: str | None = None
    default_branch: str = "main"
    created_at: AwareDatetime | None = None
    template_repository: Template | None = None


class Grant(BaseModel):
    """A repository as a team sees it."""

    permissions: dict[str, bool] | None = None
    role_name: str | None = None

    @property
    def permission(self) -> str | None:
        """The highest one, in the words of requests; None where GitHub does not tell it."""
        for level in Permission:
            if (self.permissions or {}).get(level.value):
                return level.value
        if self.role_name is None:
            return None
        return _BY_ROLE.get(self.role_name, self.role_name)


class Invitation(BaseModel):
    """An invitation that nobody has accepted yet; `email` is None where a login was invited."""

    id: int
    email: str | None = None
    created_at: AwareDatetime | None = None


class Membership(BaseModel):
    """A person in a team: `active`, or `pending` until they accept."""

    state: str


class Person(BaseModel):
    """Somebody with an account."""

    login: str


class RepositoryInvitation(BaseModel):
    """An invitation into one repository; `permissions` is in the words of roles."""

    id: int
    invitee: Person | None = None
    permissions: str
    expired: bool = False

    @property
    def permission(self) -> str:
        """In the words of requests."""
        return _BY_ROLE.get(self.permissions, self.permissions)


class Collaborator(BaseModel):
    """What somebody may do in a repository, in the words of roles."""

    role_name: str

    @property
    def permission(self) -> str:
        """In the words of requests."""
        return _BY_ROLE.get(self.role_name, self.role_name)


class Property(BaseModel):
    """A custom property of a repository."""

    property_name: str
    value: str | list[str] | None = None


class PropertySchema(BaseModel):
    """A custom property that an organisation has defined."""

    property_name: str
