"""The headers that are the same in every answer."""

from collections.abc import Iterable
from typing import Any

from starlette.types import Scope

from padstone.middleware.response_headers import later_headers

__all__ = ["ConstantHeaders"]


class ConstantHeaders:
    """What every answer carries, unless it says otherwise itself."""

    def __init__(self, constant: Iterable[tuple[bytes, bytes]]) -> None:
        self._constant = tuple(constant)
        self._names = frozenset(name for name, _ in self._constant)

    def complete(self, scope: Scope, given: Iterable[tuple[bytes, bytes]]) -> list[Any]:
        """``given`` with whatever it lacks of ours, and of what was to be added later."""
        own = list(given)
        later = later_headers(scope)
        if not later and not self._are_among(own):
            own += self._constant
            return own
        present = {name.lower() for name, _ in own}
        own += [pair for pair in (*later, *self._constant) if pair[0] not in present]
        return own

    def _are_among(self, own: list[tuple[bytes, bytes]]) -> bool:
        for name, _ in own:  # noqa: SIM110  # a generator would take twice as long
            if name.lower() in self._names:
                return True
        return False
