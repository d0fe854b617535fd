"""What in an answer is not as it is in a vendor's own examples of that answer."""

from collections.abc import Sequence
from typing import Any


def strange(answer: Any, examples: Sequence[Any], at: str = "$") -> list[str]:
    """Fields that no example has, and values of a kind that none has there.

    An empty object in an example stands for one that holds anything.
    """
    kinds = {_kind(example) for example in examples}
    if _kind(answer) not in kinds:
        return [f"{at} is {_kind(answer)}, not {' or '.join(sorted(kinds)) or 'known'}"]
    if isinstance(answer, dict) and {} not in examples:
        return [
            problem
            for name, value in answer.items()
            for problem in strange(value, _fields(examples, name), f"{at}.{name}")
        ]
    if isinstance(answer, list):
        items = _items(examples)
        return [problem for item in answer for problem in strange(item, items, f"{at}[]")]
    return []


def lacking(answer: Any, examples: Sequence[Any], at: str = "$") -> list[str]:
    """Fields that all examples have and the answer has not."""
    if isinstance(answer, list):
        items = _items(examples)
        return [problem for item in answer for problem in lacking(item, items, f"{at}[]")]
    objects = [example for example in examples if isinstance(example, dict)]
    if not isinstance(answer, dict) or not objects:
        return []
    always = set.intersection(*({*example} for example in objects))
    problems = [f"{at}.{name} is not there" for name in sorted(always - answer.keys())]
    for name in sorted(always & answer.keys()):
        problems += lacking(answer[name], _fields(objects, name), f"{at}.{name}")
    return problems


def _fields(examples: Sequence[Any], name: str) -> list[Any]:
    return [one[name] for one in examples if isinstance(one, dict) and name in one]


def _items(examples: Sequence[Any]) -> list[Any]:
    return [item for one in examples if isinstance(one, list) for item in one]


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"
