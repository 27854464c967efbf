"""Settings of several values, as the text of an environment variable."""

import json
from types import UnionType
from typing import Any, Union, get_args, get_origin

__all__ = ["read_structure"]

_LISTS = (list, tuple, set, frozenset)


def read_structure(text: str, annotation: Any) -> Any:
    """``text`` as ``annotation`` wants it: a list by commas or as JSON, a mapping as JSON.

    For any other annotation it is ``text`` itself. Raises ``ValueError`` that says what would do.
    """
    kinds = _kinds(annotation)
    start = text.lstrip()[:1]
    if any(issubclass(kind, _LISTS) for kind in kinds):
        if start != "[":
            return [part.strip() for part in text.split(",") if part.strip()]
        return _json(text, 'is neither a comma-separated nor a JSON list, such as ["a","b"]')
    if start == "{" and not any(issubclass(kind, str) for kind in kinds):
        return _json(text, 'is not a JSON object, such as {"a":1}')
    return text


def _kinds(annotation: Any) -> list[type]:
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return [kind for part in get_args(annotation) for kind in _kinds(part)]
    kind = origin or annotation
    return [kind] if isinstance(kind, type) else []


def _json(text: str, problem: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError(problem) from None
