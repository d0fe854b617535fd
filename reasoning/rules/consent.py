"""Whether an answer is a yes, and nothing more."""

from reasoning.rules.lexicon import small_words
from reasoning.rules.tokens import tokens


def is_yes(answer: str) -> bool:
    """Only words that agree; a yes with a condition is none."""
    said = [token.word for token in tokens(answer) if token.kind == "word"]
    return bool(said) and all(word in small_words("yes") for word in said)
