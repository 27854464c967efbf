"""ETags: the number of a row's revision, and what a client says that it has seen."""

import re
from dataclasses import dataclass

from padstone.errors import FieldError, PreconditionFailedError, ValidationError

__all__ = ["Revisions", "etag_of", "parse_if_match", "parse_if_none_match"]

_TAGS = re.compile(r'\s*(?:W/)?"[^"]*"\s*(?:,\s*(?:W/)?"[^"]*"\s*)*').fullmatch
_TAG = re.compile(r'(W/)?"([^"]*)"')
_REVISION = re.compile(r"[0-9]{1,18}").fullmatch


@dataclass(frozen=True, slots=True)
class Revisions:
    """The revisions that a client takes for the present one; ``any`` is ``*``."""

    numbers: frozenset[int] = frozenset()
    any: bool = False

    def require(self, revision: int) -> None:
        """Raises ``PreconditionFailedError`` where ``revision`` is none of them."""
        if revision not in self:
            raise PreconditionFailedError

    def __contains__(self, revision: int) -> bool:
        return self.any or revision in self.numbers


def etag_of(row: object) -> str | None:
    """The row's ETag, where its model has revisions."""
    revision = getattr(row, "revision", None)
    return None if revision is None else f'"{revision}"'


def parse_if_match(value: str | None) -> Revisions | None:
    """What ``If-Match`` allows; ``None`` where it was not sent. Weak tags never match (RFC 9110).

    Raises ``ValidationError`` for what is no list of ETags, such as one without its quotes: to
    take it for one that does not match would send the client looking for another's change.
    """
    return _parse(value, "header.If-Match", weak=False)


def parse_if_none_match(value: str | None) -> Revisions | None:
    """What ``If-None-Match`` names, weak tags too. Raises ``ValidationError`` likewise."""
    return _parse(value, "header.If-None-Match", weak=True)


def _parse(value: str | None, field: str, *, weak: bool) -> Revisions | None:
    if value is None:
        return None
    if value.strip() == "*":
        return Revisions(any=True)
    if not _TAGS(value):
        message = 'must be an ETag as it was given, with its quotes, such as "3"'
        raise ValidationError(errors=[FieldError(field, message, "bad_etag")])
    numbers = (text for mark, text in _TAG.findall(value) if weak or not mark)
    return Revisions(frozenset(int(number) for number in numbers if _REVISION(number)))
