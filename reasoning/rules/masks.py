"""What in a request is not the requester's own wish: quotations, forged turns, attempts to
command the machine. It is blanked out, so that places in the text stay what they were."""

import re
from dataclasses import dataclass

from reasoning.rules.lexicon import patterns

_POWER = re.compile("|".join(patterns("commands")), re.IGNORECASE | re.DOTALL)
_TURN = re.compile(
    r"^[ \t>#*_`\[({-]{0,20}(assistant|system|user|human|ai|bot|developer|tool|function|admin"
    r"|operator|claude|gpt|model)\s*[\])}*_`]*\s*(:|>|\]|$)",
    re.IGNORECASE | re.MULTILINE,
)
_TAG = re.compile(r"</?[A-Za-z!][^<>@\n]{0,200}>|\[/?(INST|SYS\w*)\]|<\|[^|>]*\|>|<<[^<>]*>>")
_ROLE_TAG = re.compile(
    r"</?\s*(system|assistant|request|user|instructions?|prompt|admin|tool\w*|human|data|input|\|)"
    r"|\[/?(INST|SYS)|<\|",
    re.IGNORECASE,
)
_FENCE = re.compile(r"```.*?(```|\Z)|\{[^{}]*[:=][^{}]*\}|<!--.*?(-->|\Z)", re.DOTALL)
_QUOTE = re.compile(
    r"\"[^\"]*\"|“[^”]*”|«[^»]*»|„[^“”]*[“”]|「[^」]*」|『[^』]*』|(?<!\w)'[^'\n]{2,}'(?!\w)"
)
_SAYS = re.compile(
    r"\b(note|message|form|e-?mail|comment|description|bio|request|ticket|signature|signup|profile|"
    r"website|page|they|he|she|client|customer|response|reply|document|file|memo)\s+"
    r"(\w+\s+){0,2}?(says?|said|reads?|wrote|writes|states?|stated|contains?|contained|goes|added|asks?)"
    r"\s*(that\b|:)|\b(forwarded message|original message|quote|quoted|verbatim|fwd)\s*:",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"[.!?;\n]+\s*|,\s+(?=(?:and|but|so|then|also|please)\b)|\s+(?=(?:and|then|but|y|et|und|e|en)\s)"
)
_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_NAME_WORDS = 6


@dataclass(frozen=True)
class Masked:
    """`own`: the text with everything else blanked out. `suspicious`: it tries to command us."""

    own: str
    suspicious: bool


def commands(text: str) -> bool:
    """Whether it speaks of approvals, limits, permissions, prompts, keys or rules."""
    return _POWER.search(text) is not None


def mask(text: str) -> Masked:
    """The requester's own words. Blanks take the place of the rest."""
    suspicious = False
    turn = next((m for m in _TURN.finditer(text) if m.start() > 0 or _POWER.search(text)), None)
    if turn:
        text, suspicious = _blank(text, turn.start(), len(text)), True
    for tag in list(_TAG.finditer(text)):
        if _ROLE_TAG.match(tag.group()):
            text, suspicious = _blank(text, tag.start(), len(text)), True
            break
        text = _blank(text, tag.start(), tag.end())
    for fence in _FENCE.finditer(text):
        suspicious = suspicious or bool(_POWER.search(fence.group()))
        text = _blank(text, fence.start(), fence.end())
    for quote in _QUOTE.finditer(text):
        inner = quote.group()[1:-1]
        orders = "@" in inner or commands(inner)
        if orders or len(inner.split()) > _NAME_WORDS or _SAYS.search(text[: quote.start()][-60:]):
            suspicious = suspicious or orders
            text = _blank(text, quote.start(), quote.end())
    for said in _SAYS.finditer(text):
        end = text.find("\n", said.end())
        end = len(text) if end < 0 else end
        if not text[said.start() : end].strip():
            continue
        suspicious = suspicious or bool(_POWER.search(text[said.start() : end]))
        text = _blank(text, said.start(), end)
    while (power := _POWER.search(text)) is not None:
        start, end = _clause(text, power.start(), power.end())
        text, suspicious = _blank(text, start, end), True
    return Masked(text, suspicious)


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """From the last cut before the words to the end of their sentence."""
    cuts = [cut.end() for cut in _CUT.finditer(text, 0, start)]
    stop = _END.search(text, end)
    until = stop.start() if stop else len(text)
    return (cuts[-1] if cuts else 0), until - (text[until - 1] in ".!?;")


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
