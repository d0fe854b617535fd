"""What teams and repositories are called, and the mark that their descriptions end with."""

from domain.companies import Company, is_another_companys
from systems.github.options import GitHubOptions
from systems.part import Owner


def name(company: Company, options: GitHubOptions) -> str:
    """The name of both, which is the team's slug as well."""
    return options.prefix + company.slug


def full_name(company: Company, options: GitHubOptions) -> str:
    """The repository's name with its owner."""
    return f"{options.org}/{name(company, options)}"


def level(company: Company, options: GitHubOptions) -> str:
    """What people may do in the repository."""
    return (company.choices.github_permission or options.permission).value


def handles(company: Company) -> list[str]:
    """Who is named by a GitHub handle; GitHub reads them without regard to case."""
    named = (one.github.lower() for one in company.contacts if one.github)
    return list(dict.fromkeys(named))


def description(company: Company, limit: int) -> str:
    """The display name, cut so that the mark always fits."""
    end = f" · {company.marker}"
    return company.name[: limit - len(end)].rstrip() + end


def is_marked(text: str | None, company: Company) -> bool:
    """Whether a description is this company's.

    The end counts, since a display name may quote another company's mark.
    """
    return text is not None and text.endswith(f"· {company.marker}")


def owner_of(text: str | None, company: Company) -> Owner:
    """Whose a team or repository is, by its description."""
    if is_marked(text, company):
        return Owner.COMPANY
    return Owner.ANOTHER if is_another_companys(text or "", company) else Owner.OTHER
