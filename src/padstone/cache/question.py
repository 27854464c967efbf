"""One question to the cache: what is asked for, and how its answer is written and read."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from pydantic import ValidationError as DecodingError

from padstone.cache.entries import Names

__all__ = ["Kept", "Question", "adapter_of"]


class Kept(NamedTuple):
    """A value that was kept, which may be ``None`` itself."""

    value: Any


@dataclass(frozen=True, slots=True)
class Question:
    """What ``produce`` makes, as ``adapter`` writes it; seconds as in ``Cache.get_or_set``."""

    names: Names
    adapter: TypeAdapter[Any]
    produce: Callable[[], Awaitable[Any]]
    ttl: float
    stale: float

    def encoded(self, value: Any) -> bytes:
        """``value`` in JSON. Raises where it is not of the type that was named."""
        return self.adapter.dump_json(value, by_alias=True, round_trip=True, warnings="error")

    def decoded(self, content: bytes | None) -> Kept | None:
        """What ``content`` says; ``None`` where it says nothing in today's form."""
        if content is None:
            return None
        try:
            return Kept(self.adapter.validate_json(content, by_alias=True, by_name=True))
        except DecodingError:
            return None


@lru_cache(maxsize=1024)
def adapter_of(model: Any) -> TypeAdapter[Any]:
    """The adapter of a type, made once: it takes milliseconds."""
    return TypeAdapter(model)
