"""Whether an answer is a yes or a no, and nothing more."""

from reasoning.rules.lexicon import small_words
from reasoning.rules.tokens import fold, tokens


def is_yes(answer: str) -> bool:
    """Only words that agree; a yes with a condition is none."""
    return _only(answer, "yes")


def is_no(answer: str) -> bool:
    """Only words that refuse."""
    return _only(answer, "no")


def _only(answer: str, kind: str) -> bool:
    words = {fold(word) for word in small_words(kind)}
    said = [token.word for token in tokens(answer) if token.kind == "word"]
    return bool(said) and words.issuperset(said)
