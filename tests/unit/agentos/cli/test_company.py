"""What is said of a company on the command line becomes the body of a launch."""

from agentos.cli.company import body


def test_what_was_not_given_is_left_out() -> None:
    assert body("Acme", None, None, None, None, slug=None) == {"company_name": "Acme"}


def test_what_shall_be_adopted_is_a_choice() -> None:
    given = body("Acme", ["slack"], ["dana@example.com"], ["octo"], ["#acme", "team o/acme"])
    assert given == {
        "company_name": "Acme",
        "systems": ["slack"],
        "contacts": [{"email": "dana@example.com"}, {"github": "octo"}],
        "choices": {"adopt": ["#acme", "team o/acme"]},
    }
