"""Text in pieces: words, addresses, handles, channels, marks; each knows where it stood."""

import re
import unicodedata
from dataclasses import dataclass

_PIECES = re.compile(
    r"""
    (?P<url>https?://[^\s<>"']+|www\.[^\s<>"']+)
  | (?P<email>[\w!#$%&'*+/=?^`{|}~-]{1,64}(?:\.[\w!#$%&'*+/=?^`{|}~-]{1,64}){0,9}
      @[\w-]+(?:\.[\w-]+)+)
  | (?P<handle>(?<![\w.])@[A-Za-z0-9][A-Za-z0-9_-]*)
  | (?P<channel>(?<!\w)\#[\w-]*[^\W_][\w-]*)
  | (?P<line>\n\s*)
  | (?P<word>\w+(?:(?:['’.&-]|\.-)\w+)*|[&+])
  | (?P<mark>\S)
    """,
    re.VERBOSE,
)
_ELISION = re.compile(r"(?:[dljnsmtc]|qu|dell|all|nell|dall|sull|un|degl)['’](?=\w{3})")


@dataclass(frozen=True)
class Token:
    """`word` is for comparing: no case, no accents."""

    kind: str
    text: str
    word: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Written as names are."""
        return any(c.isupper() for c in self.text)


def fold(text: str) -> str:
    """Without case and accents, with plain apostrophes."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(c for c in bare if not unicodedata.combining(c))


def tokens(text: str) -> list[Token]:
    """All pieces of `text`; the elided article of French and Italian is a piece of its own."""
    found: list[Token] = []
    for match in _PIECES.finditer(text):
        kind, said, start = str(match.lastgroup), match.group(), match.start()
        if kind == "word" and (cut := _ELISION.match(said)):
            found.append(_token(kind, said[: cut.end()], start))
            said, start = said[cut.end() :], start + cut.end()
        if kind == "url":
            said = said.rstrip(".,;:!?)")
        found.append(_token(kind, said, start))
    return found


def _token(kind: str, text: str, start: int) -> Token:
    return Token(kind, text, fold(text), start, start + len(text))
