"""Contacts, handles and channels in a text, and whose they are."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from reasoning.rules.lexicon import Item
from reasoning.rules.names import Name
from reasoning.rules.sentences import Sentence


@dataclass
class Details:
    """What a text says of one company. `unclear` words could be anybody's."""

    contact_name: str | None = None
    contact_email: str | None = None
    github_handles: list[str] = field(default_factory=list)
    slack_channel: str | None = None
    newsletter_emails: list[str] = field(default_factory=list)


class Unclear(Exception):
    """It cannot be told whose or what this is."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def details(found: Sequence[Sentence], companies: Sequence[str]) -> dict[str, Details]:
    """The details of each company; `Unclear` when one could belong to several of them."""
    known = {name: Details() for name in companies}
    for sentence in found:
        role, person = "contact", None
        for at, item in enumerate(sentence.items):
            if item.kind not in ("email", "handle", "channel"):
                continue
            role, person = _role(sentence, at, role)
            if role == "own":
                continue
            _put(known[_owner(sentence, at, companies, item)], item, role, person)
        for name in sentence.names:
            if name.role == "person" and companies:
                detail = known[_owner(sentence, name.at, companies, sentence.items[name.at])]
                detail.contact_name = detail.contact_name or name.text
    return known


def _put(known: Details, item: Item, role: str, person: str | None) -> None:
    said = item.tokens[0].text.lstrip("@#") if item.kind != "email" else item.tokens[0].text
    if item.kind == "handle":
        known.github_handles.append(said)
    elif item.kind == "channel":
        if known.slack_channel not in (None, said):
            raise Unclear(said)
        known.slack_channel = said
    elif role == "newsletter":
        known.newsletter_emails.append(said)
    elif known.contact_email in (None, said):
        known.contact_email = said
        known.contact_name = known.contact_name or person
    else:
        raise Unclear(said)


def _role(sentence: Sentence, at: int, last: str) -> tuple[str, str | None]:
    """`own`, `contact` or `newsletter`, by the nearest word that tells; and the person named."""
    back = at - 1
    while back >= 0:
        item, name = sentence.items[back], sentence.name_at(back)
        if name is not None:
            told = _by_name(name)
            if told:
                return told
            back = name.at - 1
            continue
        if item.kind in ("email", "handle"):
            return last, None
        if item.means("own"):
            return "own", None
        if item.means("mail_to") or item.system == "newsletter":
            return "newsletter", None
        if item.means("contact"):
            return "contact", None
        back -= 1
    ahead = sentence.items[at + 1 :]
    if any(item.means("contact") for item in ahead[:4]):
        return "contact", None
    return ("newsletter" if any(i.system == "newsletter" for i in ahead) else "contact"), None


def _by_name(name: Name) -> tuple[str, str | None] | None:
    if name.role == "own":
        return "own", None
    return ("contact", name.text) if name.role == "person" else None


def _owner(sentence: Sentence, at: int, companies: Sequence[str], item: Item) -> str:
    if len(companies) == 1:
        return companies[0]
    here = [name for name in sentence.companies if name.text in companies]
    before = [name for name in here if name.at <= at]
    if before:
        return before[-1].text
    if len(here) == 1:
        return here[0].text
    raise Unclear(item.word)
