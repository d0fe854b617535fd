"""What a request in words comes to beside the body of its launch; nothing is read or done here."""

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet

from domain.companies import Company, Contact
from domain.launches import MAX_CONTACTS, LaunchRequest
from domain.names import name_key
from domain.ports import Words
from domain.readings import About, Reading, Wanted
from reasoning.rules.consent import is_yes


def understood(reading: Reading, words: Words, known: Collection[str]) -> Reading:
    """The reading as far as body, answers and the `known` systems agree with it, else with what is
    to be asked."""
    return _several(_within(_agreed(reading, words, known), words))


def confirmed(words: Words) -> Reading | None:
    """The several companies that a person has been shown and said yes to, to the letter.

    They are not read anew: a model might read something else this time.
    """
    asked, last = words.asked, words.answered[-1] if words.answered else None
    if asked is None or last is None or last.about is not About.SEVERAL or not is_yes(last.answer):
        return None
    return asked.model_copy(update={"question": None, "about": None})


def _agreed(reading: Reading, words: Words, known: Collection[str]) -> Reading:
    """What the body of the launch says holds; where the words say something else, it is asked."""
    if reading.question:
        return reading
    named = _about_name(reading, words)
    return named if named.question else _about_systems(named, words, known)


def _about_name(reading: Reading, words: Words) -> Reading:
    name = words.launch.company_name
    if name is None:
        return reading
    found = [one for one in reading.companies if name_key(one.name) == name_key(name)]
    if not _was_asked(words, About.WHICH_COMPANY) and len(found) != len(reading.companies):
        named = ", ".join(one.name for one in reading.companies)
        question = f"The launch is for {name}, but its request names {named}. Which is meant?"
        return reading.model_copy(update={"question": question, "about": About.WHICH_COMPANY})
    return reading.model_copy(update={"companies": ((found or list(reading.companies))[0],)})


def _about_systems(reading: Reading, words: Words, known: Collection[str]) -> Reading:
    systems = words.launch.systems
    if systems is None or _was_asked(words, About.SYSTEMS):
        return _here(reading, known)
    agreed = []
    for one in reading.companies:
        if set(systems) != set(one.systems) and _chosen(one):
            question = (
                f"The launch asks for {', '.join(systems)}, its request for "
                f"{', '.join(one.systems)}. Which systems are meant?"
            )
            return reading.model_copy(update={"question": question, "about": About.SYSTEMS})
        agreed.append(one.model_copy(update={"systems": tuple(systems)}))
    return reading.model_copy(update={"companies": tuple(agreed)})


def _here(reading: Reading, known: Collection[str]) -> Reading:
    """To choose none means all that are here; one that is not here is asked about."""
    found = [
        one if _chosen(one) else one.model_copy(update={"systems": tuple(known)})
        for one in reading.companies
    ]
    missing = [name for one in found for name in one.systems if name not in known]
    if missing:
        told = ", ".join(dict.fromkeys(missing))
        question = f"There is no {told} here. Which of {', '.join(known)} are meant?"
        return reading.model_copy(update={"question": question, "about": About.SYSTEMS})
    return reading.model_copy(update={"companies": tuple(found)})


def _within(reading: Reading, words: Words) -> Reading:
    """A launch names so many people at most; those of its body are the first company's."""
    given = words.launch.contacts
    for one in () if reading.question else reading.companies:
        number = len(_people(one, (*given, *one.contacts)))
        if number > MAX_CONTACTS:
            question = (
                f"{number} people are named for {one.name}; {MAX_CONTACTS} is the limit. Who of"
                " them is meant?"
            )
            return reading.model_copy(update={"question": question, "about": About.INTENT})
        given = []
    return reading


def _was_asked(words: Words, about: About) -> bool:
    return any(each.about is about for each in words.answered)


def _chosen(one: Wanted) -> bool:
    """Whether the words choose among the systems; all of them are also meant by saying nothing."""
    return len(one.systems) < 4


def _several(reading: Reading) -> Reading:
    if reading.question or len(reading.companies) < 2:
        return reading
    told = "; ".join(f"{one.name} in {', '.join(one.systems)}" for one in reading.companies)
    question = (
        f"Shall {len(reading.companies)} runs be started: {told}? Answer yes, or say it anew."
    )
    return reading.model_copy(update={"question": question, "about": About.SEVERAL})


def request_for(
    one: Wanted, launch: LaunchRequest, *, contacts: tuple[Contact, ...]
) -> LaunchRequest:
    """The launch that one company of the request comes to."""
    choices = launch.choices
    if one.channel_name and not choices.channel_name:
        choices = choices.model_copy(update={"channel_name": one.channel_name})
    return LaunchRequest(
        company_name=one.name,
        systems=list(one.systems),
        contacts=_people(one, contacts),
        choices=choices,
        note=launch.note,
    )


def meant_for(
    system: str, company: Company, newsletter_only: AbstractSet[str] = frozenset()
) -> Company:
    """The company without the people whom this system is not to write to.

    Runs that were read by an earlier release have these addresses beside their company.
    """
    if system == "newsletter":
        return company
    people = tuple(
        each
        for each in company.contacts
        if not each.newsletter_only and each.email not in newsletter_only
    )
    return company.model_copy(update={"contacts": people})


def _people(one: Wanted, contacts: Iterable[Contact]) -> list[Contact]:
    """Each of them once."""
    return list(dict.fromkeys(_meant(each, one) for each in contacts))


def _meant(person: Contact, one: Wanted) -> Contact:
    if person.email not in one.newsletter_only:
        return person
    return person.model_copy(update={"newsletter_only": True})
