"""Status machines: which status may follow which, as data.

::

    machine = StatusMachine(
        Status.DRAFT,
        {Status.DRAFT: [Status.SENT], Status.SENT: [Status.PAID], Status.PAID: []},
    )
    machine.require(row.status, wanted)

What became of a row is a table of its own, with ``StatusChangeColumns``.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Generic, TypeVar

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from padstone.errors import ConflictError

__all__ = ["StatusChangeColumns", "StatusMachine", "StatusNotReachableError"]

S = TypeVar("S", bound=Enum)


class StatusNotReachableError(ConflictError):
    """The detail names the present status and those that may follow it."""

    code = "status_not_reachable"
    detail = "This status cannot follow the present one."


class StatusMachine(Generic[S]):
    """The statuses of one kind of row, and the steps between them.

    Raises ``ValueError`` for a machine with a status that it does not name or cannot reach.
    """

    def __init__(self, initial: S, following: Mapping[S, Sequence[S]]) -> None:
        self.initial = initial
        self.following: Mapping[S, tuple[S, ...]] = MappingProxyType(
            {status: tuple(after) for status, after in following.items()}
        )
        left_out = set(type(initial)) - set(self.following)
        unreachable = set(type(initial)) - self._reachable()
        if left_out or unreachable:
            names = ", ".join(sorted(str(status.value) for status in left_out | unreachable))
            raise ValueError(f"a status machine names and reaches every status; see to {names}")

    def is_final(self, status: S) -> bool:
        """Whether nothing follows ``status``."""
        return not self.following[status]

    def require(self, present: S, wanted: S) -> None:
        """Raises ``StatusNotReachableError`` where ``wanted`` does not follow ``present``."""
        after = self.following[present]
        if wanted in after:
            return
        can = " or ".join(str(status.value) for status in after) or "nothing"
        raise StatusNotReachableError(
            f"It is {present.value}, and what may follow is {can}, not {wanted.value}."
        )

    def _reachable(self) -> set[S]:
        reached: set[S] = set()
        waiting = [self.initial]
        while waiting:
            status = waiting.pop()
            if status not in reached:
                reached.add(status)
                waiting += self.following.get(status, ())
        return reached


class StatusChangeColumns:
    """One step of a row from a status to the next. The system adds whose row it is."""

    from_status: Mapped[str | None] = mapped_column(comment="Empty for the first status.")
    to_status: Mapped[str]
    note: Mapped[str | None] = mapped_column(comment="Why, in the words of who changed it.")
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
