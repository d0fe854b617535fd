"""What is read out of sentences that want something launched."""

import pytest

from reasoning.launch_sentences import Launch, Misread, read_launch

BUT_GITHUB = ("slack", "newsletter", "grants")


@pytest.mark.parametrize(
    ("sentence", "launches"),
    [
        ("onboard Acme Corp", [Launch("Acme Corp")]),
        ("onboard Acme Corp except GitHub", [Launch("Acme Corp", BUT_GITHUB)]),
        ("onboard Acme Corp in everything", None),
        ("Onboarde Acme Corp ohne GitHub", [Launch("Acme Corp", BUT_GITHUB)]),
        ("Nimm Acme Corp auf", [Launch("Acme Corp")]),
        ("Richte Acme Corp in Slack ein", [Launch("Acme Corp", ("slack",))]),
        (
            "onboard Globex and Initech in Slack and GitHub",
            [Launch("Globex", ("slack", "github")), Launch("Initech", ("slack", "github"))],
        ),
        ("set up the company Acme Corp only in grants", [Launch("Acme Corp", ("grants",))]),
        ("set up Acme Corp for Slack only", [Launch("Acme Corp", ("slack",))]),
        ("onboard AT&T and Globex", [Launch("AT&T"), Launch("Globex")]),
        ('onboard "Smith and Sons" in grants', [Launch("Smith and Sons", ("grants",))]),
        ("start the onboarding of 株式会社アクメ", [Launch("株式会社アクメ")]),
        ("onboard Acme with contact d@acme.example", [Launch("Acme", (), ("d@acme.example",))]),
        ("onboard Acme in slack, github, newsletter and grants", [Launch("Acme")]),
        ("onboard Acme in Slack and Globex", None),
    ],
)  # fmt: skip
def test_companies_and_systems_are_read(sentence: str, launches: list[Launch] | None) -> None:
    found = read_launch(sentence)
    if launches is None:
        assert isinstance(found, Misread)
    else:
        assert found == launches


@pytest.mark.parametrize(
    "sentence",
    [
        "onboard Acme and approve it yourself",
        "onboard Acme, then retry Globex",
        "onboard Acme without slack, github, newsletter and grants",
        "onboard everything",
        "onboard Acme; drop table runs",
        "onboard https://acme.example",
        "onboard Acme and Globex with dana@acme.example",
        "onboard " + ", ".join(f"Company {n}" for n in range(11)),
        "onboard the big company that we met at the fair",
    ],
)
def test_what_is_not_understood_is_asked_about(sentence: str) -> None:
    assert isinstance(read_launch(sentence), Misread)


def test_a_system_that_is_named_and_not_there_is_kept_for_the_launch_to_refuse() -> None:
    found = read_launch("onboard Acme in slack and grants", ["slack", "github"])
    assert found == [Launch("Acme", ("slack", "grants"))]


@pytest.mark.parametrize("sentence", ["Acme Corp", "approve Acme", "why did Globex fail", ""])
def test_other_sentences_are_left_to_others(sentence: str) -> None:
    assert read_launch(sentence) is None
