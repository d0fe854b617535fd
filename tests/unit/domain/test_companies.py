"""Companies, their slugs, and the people named for them."""

import hashlib

import pytest
from pydantic import ValidationError

from domain.companies import Company, Contact, clean_email, clean_slug, company_id_for
from domain.errors import Invalid
from tests.unit.domain import samples


@pytest.mark.parametrize("slug", ["a", "0", "acme-corp", "a1-b2-c3", "x" * 60])
def test_slug_is_kept_when_it_is_valid(slug: str) -> None:
    assert clean_slug(slug) == slug


@pytest.mark.parametrize(
    "slug",
    ["", "-", "-a", "a-", "a--b", "A", "a_b", "a b", "a.b", "é", "a\n", "x" * 61, "a/../b", "١"],
)
def test_slug_is_refused_when_it_is_not_a_slug(slug: str) -> None:
    with pytest.raises(Invalid) as error:
        clean_slug(slug)
    assert error.value.field == "slug"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" dana@example.com ", "dana@example.com"),
        ("Dana.O'Neil+x@Example.COM", "Dana.O'Neil+x@example.com"),
        ("dana@bücher.example", "dana@xn--bcher-kva.example"),
        ("dana@例え.テスト", "dana@xn--r8jz45g.xn--zckzah"),
        (f"{'x' * 64}@a.b", f"{'x' * 64}@a.b"),
    ],
)
def test_email_keeps_its_local_part_when_the_domain_is_lowered(written: str, kept: str) -> None:
    assert clean_email(written) == kept
    assert clean_email(kept) == kept


@pytest.mark.parametrize(
    "email",
    [
        "",
        "dana",
        "@example.com",
        "dana@",
        "dana@localhost",
        "dana@@example.com",
        "dana@example..com",
        "dana@example.com.",
        "dana@-example.com",
        "dana@exa_mple.com",
        ".dana@example.com",
        "da..na@example.com",
        "dana.@example.com",
        "dána@example.com",
        "da na@example.com",
        "dana@exam ple.com",
        "dana@example.com\nBcc: x@example.com",
        "Dana <dana@example.com>",
        "dana,x@example.com",
        "dana@example.com\x00",
        f"{'x' * 65}@example.com",
        f"dana@{'x' * 64}.com",
        "dana@" + ".".join(["x" * 60] * 5),
    ],
)
def test_email_is_refused_when_no_mail_can_be_sent_to_it(email: str) -> None:
    with pytest.raises(Invalid) as error:
        clean_email(email)
    assert error.value.field == "email"


@pytest.mark.parametrize(
    ("field", "written", "kept"),
    [
        ("github", "@octocat", "octocat"),
        ("github", "a-b-c", "a-b-c"),
        ("github", "x" * 39, "x" * 39),
        ("slack", " @U012ABCDEF", "U012ABCDEF"),
        ("slack", "W012ABCDEF", "W012ABCDEF"),
    ],
)
def test_handle_is_kept_bare_when_it_is_valid(field: str, written: str, kept: str) -> None:
    assert getattr(Contact.model_validate({field: written}), field) == kept


@pytest.mark.parametrize(
    ("field", "handle"),
    [
        ("github", ""),
        ("github", "-a"),
        ("github", "a-"),
        ("github", "a--b"),
        ("github", "a_b"),
        ("github", "a/b"),
        ("github", "@@a"),
        ("github", "é"),
        ("github", "x" * 40),
        ("slack", "dana"),
        ("slack", "u012abcdef"),
        ("slack", "C012ABCDEF"),
        ("slack", "U1"),
        ("slack", "U" + "1" * 21),
    ],
)
def test_handle_is_refused_when_no_account_can_have_it(field: str, handle: str) -> None:
    with pytest.raises(Invalid) as error:
        Contact.model_validate({field: handle})
    assert error.value.field == field


@pytest.mark.parametrize("data", [{}, {"name": "Dana"}, {"name": "Dana", "email": None}])
def test_contact_is_refused_when_nobody_can_reach_them(data: dict[str, object]) -> None:
    with pytest.raises(Invalid) as error:
        Contact.model_validate(data)
    assert error.value.field == "contacts"


def test_contact_name_is_cleaned_when_it_comes_with_blanks() -> None:
    assert Contact(name="  Dana  X ", github="dana").name == "Dana X"


def test_contact_is_refused_when_its_name_has_control_characters() -> None:
    with pytest.raises(Invalid) as error:
        Contact(name="Da\x00na", github="dana")
    assert error.value.field == "contacts.name"


@pytest.mark.parametrize("data", [{"email": 1}, {"github": True}, {"github": "dana", "phone": "1"}])
def test_contact_is_refused_when_a_field_is_unknown_or_no_text(data: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Contact.model_validate(data)


def test_company_survives_its_json_when_it_has_contacts() -> None:
    assert Company.model_validate_json(samples.COMPANY.model_dump_json()) == samples.COMPANY


def test_marker_names_the_company_id_when_we_sign_an_object() -> None:
    assert samples.COMPANY.marker == "agentos:co_0123456789abcdef"


def test_company_id_is_the_same_on_every_machine_when_the_name_is_the_same() -> None:
    expected = hashlib.sha256(b'["acme corp",""]').hexdigest()[:16]
    assert company_id_for("Acme Corp") == f"co_{expected}"


@pytest.mark.parametrize(
    "spelling", ["ACME CORP", " acme  corp", "Acme\u00a0Corp", "Acme\u200b Corp"]
)
def test_company_id_is_equal_when_the_name_is_spelt_otherwise(spelling: str) -> None:
    assert company_id_for(spelling) == company_id_for("Acme Corp")


def test_company_id_differs_when_only_a_sign_differs() -> None:
    ids = {company_id_for(name) for name in ("C++ Labs", "C# Labs", "C Labs", "C-Labs")}
    assert len(ids) == 4


def test_company_id_differs_when_the_operator_gives_a_slug() -> None:
    ids = {company_id_for("Acme", slug) for slug in (None, "acme-eu", "acme-us")}
    assert len(ids) == 3


def test_company_id_differs_when_name_and_slug_only_look_alike_together() -> None:
    assert company_id_for("a", "b-c") != company_id_for("a b", "c")
