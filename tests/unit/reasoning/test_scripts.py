"""Names of one script in sentences of another."""

import pytest

from reasoning.rules.planning import read

ALL = ["slack", "github", "newsletter", "grants"]
NO_GITHUB = ["slack", "newsletter", "grants"]
READ = {
    "onboard 株式会社アクメ except GitHub": {"株式会社アクメ": NO_GITHUB},
    "onboard 株式会社アクメ, not GitHub or Slack": {"株式会社アクメ": ["newsletter", "grants"]},
    "Bitte 株式会社アクメ ohne GitHub anlegen": {"株式会社アクメ": NO_GITHUB},
    "株式会社アクメ needs Slack and grants": {"株式会社アクメ": ["slack", "grants"]},
    "onboard 北京公司": {"北京公司": ALL},
    "add 주식회사 아크메 to Slack": {"주식회사 아크메": ["slack"]},
    "onboard 株式会社アクメ and 有限会社グロ except GitHub": {
        "株式会社アクメ": NO_GITHUB,
        "有限会社グロ": NO_GITHUB,
    },
    "株式会社アクメをSlackとGitHubに登録してください": {"株式会社アクメ": ["slack", "github"]},
}
ASKED = (
    "onboard 株式会社アクメ 以外 GitHub",
    "株式会社アクメ except GitHub",
    "株式会社アクメ onboarding お願いします",
    "is 株式会社アクメ onboarded?",
    "offboard 株式会社アクメ",
)


@pytest.mark.parametrize(("text", "plan"), READ.items())
def test_a_sentence_is_read_in_the_language_of_its_verb(
    text: str, plan: dict[str, list[str]]
) -> None:
    reply = read(text)
    assert not reply.needs_clarification, reply.question
    assert {company.name: company.systems for company in reply.companies} == plan


@pytest.mark.parametrize("text", ASKED)
def test_it_is_asked_where_two_languages_make_the_sentence(text: str) -> None:
    assert read(text).needs_clarification
