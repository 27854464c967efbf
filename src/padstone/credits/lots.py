"""How much of each grant is left: the ledger's entries, followed in their order.

Who spends, spends what expires soonest. What comes back from a hold goes back to the grant it was
taken from. Where that is not clear it is decided for the customer: what comes back after its grant
has expired, and what is refunded, does not expire.
"""

from bisect import insort
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from padstone.credits.columns import EntryKind

__all__ = ["Line", "Lots"]


class Line(NamedTuple):
    """What matters here of an entry; the fields are its columns."""

    id: UUID
    sequence: int
    kind: str
    amount_micros: int
    delta_micros: int
    hold_id: UUID | None
    source_id: UUID | None
    expires_at: datetime | None
    created_at: datetime


_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Lot:
    """What is left of a grant, or of everything that never expires."""

    grant_id: UUID
    expires_at: datetime
    left: int


class Lots:
    """What is left of each grant of one account. Together it is the account's balance."""

    def __init__(self) -> None:
        self.sequence = 0  # of the last entry that was followed
        self._expiring: list[_Lot] = []  # the soonest first
        self._kept = _Lot(UUID(int=0), _NEVER, 0)
        self._held: dict[UUID, list[tuple[_Lot, int]]] = {}

    @property
    def total(self) -> int:
        """The account's balance."""
        return self._kept.left + sum(lot.left for lot in self._expiring)

    def follow(self, entry: Line) -> None:
        """Takes the account's next entry into account."""
        self.sequence = entry.sequence
        match entry.kind:
            case EntryKind.GRANT:
                self._add(entry)
            case EntryKind.HOLD:
                assert entry.hold_id is not None  # noqa: S101  # the ledger writes no other
                self._held[entry.hold_id] = self._take(entry.amount_micros)
            case EntryKind.CAPTURE if entry.hold_id is None:
                self._take(entry.amount_micros)
            case EntryKind.CAPTURE | EntryKind.RELEASE:
                assert entry.hold_id is not None  # noqa: S101  # the ledger writes no other
                self._give_back(self._held.pop(entry.hold_id), entry)
            case EntryKind.REFUND:
                self._kept.left += entry.amount_micros
            case EntryKind.EXPIRE:
                self._expiring = [lot for lot in self._expiring if lot.grant_id != entry.source_id]

    def expired(self, now: datetime) -> list[tuple[UUID, int]]:
        """The grants whose time is over and of which something is left, with what is left."""
        return [
            (lot.grant_id, lot.left) for lot in self._expiring if lot.left and lot.expires_at <= now
        ]

    def next_expiry(self, now: datetime) -> datetime | None:
        """When the next grant expires."""
        return next((lot.expires_at for lot in self._expiring if lot.expires_at > now), None)

    def _add(self, grant: Line) -> None:
        if grant.expires_at is None:
            self._kept.left += grant.amount_micros
            return
        # Nothing comes back to a grant whose time is over, so a spent one can go.
        self._expiring = [
            lot for lot in self._expiring if lot.left or lot.expires_at > grant.created_at
        ]
        new = _Lot(grant.id, grant.expires_at, grant.amount_micros)
        insort(self._expiring, new, key=lambda lot: lot.expires_at)

    def _take(self, amount: int) -> list[tuple[_Lot, int]]:
        taken = []
        for lot in (*self._expiring, self._kept):
            part = min(lot.left, amount)
            if part:
                lot.left -= part
                amount -= part
                taken.append((lot, part))
        return taken

    def _give_back(self, taken: list[tuple[_Lot, int]], entry: Line) -> None:
        # What was captured of a hold is what would have expired soonest, so the rest is the others.
        amount = entry.delta_micros
        for lot, part in reversed(taken):
            back = min(part, amount)
            amount -= back
            is_over = lot.expires_at <= entry.created_at
            (self._kept if is_over else lot).left += back
