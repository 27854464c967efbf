"""The lots are held to a model that follows every single micro."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from padstone.credits.lots import Lots

START = datetime(2026, 1, 1, tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass
class Micro:
    expires_at: datetime = NEVER
    number: int = 0  # of its grant
    grant_id: UUID | None = None


@dataclass
class Purse:
    """An account as a heap of single micros, and the entries that its ledger would have."""

    now: datetime = START
    micros: list[Micro] = field(default_factory=list)
    holds: dict[UUID, list[Micro]] = field(default_factory=dict)
    entries: list[Any] = field(default_factory=list)

    def write(self, kind: str, amount: int, delta: int, **values: Any) -> Any:
        entry = SimpleNamespace(
            id=uuid4(),
            sequence=len(self.entries) + 1,
            kind=kind,
            amount_micros=amount,
            delta_micros=delta,
            hold_id=None,
            source_id=None,
            expires_at=None,
            created_at=self.now,
        )
        vars(entry).update(values)
        self.entries.append(entry)
        return entry

    def grant(self, amount: int, days: int | None) -> None:
        expires_at = None if days is None else self.now + timedelta(days=days)
        entry = self.write("grant", amount, amount, expires_at=expires_at)
        grant_id = entry.id if expires_at else None
        micro = Micro(expires_at or NEVER, entry.sequence, grant_id)
        self.micros += [micro] * amount

    def take(self, amount: int) -> list[Micro]:
        self.micros.sort(key=lambda micro: (micro.expires_at, micro.number))
        taken, self.micros = self.micros[:amount], self.micros[amount:]
        return taken

    def debit(self, amount: int, _: Any) -> None:
        if amount <= len(self.micros):
            self.take(amount)
            self.write("capture", amount, -amount)

    def hold(self, amount: int, _: Any) -> None:
        if amount <= len(self.micros):
            entry = self.write("hold", amount, -amount, hold_id=uuid4())
            self.holds[entry.hold_id] = self.take(amount)

    def capture(self, amount: int, pick: int | None) -> None:
        if self.holds:
            hold_id = list(self.holds)[(pick or 0) % len(self.holds)]
            held = self.holds.pop(hold_id)
            captured = min(amount, len(held))
            self.give_back(held[captured:])
            self.write("capture", captured, len(held) - captured, hold_id=hold_id)

    def release(self, _: int, pick: int | None) -> None:
        if self.holds:
            hold_id = list(self.holds)[(pick or 0) % len(self.holds)]
            held = self.holds.pop(hold_id)
            self.give_back(held)
            self.write("release", len(held), len(held), hold_id=hold_id)

    def give_back(self, micros: list[Micro]) -> None:
        self.micros += [micro if micro.expires_at > self.now else Micro() for micro in micros]

    def refund(self, amount: int, _: Any) -> None:
        self.write("refund", amount, amount)
        self.micros += [Micro()] * amount

    def wait(self, _: int, days: int | None) -> None:
        self.now += timedelta(days=days or 1)

    def sweep(self, _amount: int, _days: Any) -> None:
        gone = [micro for micro in self.micros if micro.expires_at <= self.now]
        self.micros = [micro for micro in self.micros if micro.expires_at > self.now]
        for grant_id in dict.fromkeys(micro.grant_id for micro in gone):
            amount = sum(micro.grant_id == grant_id for micro in gone)
            self.write("expire", amount, -amount, source_id=grant_id)

    def left(self) -> dict[UUID, int]:
        found: dict[UUID, int] = {}
        for micro in self.micros:
            if micro.grant_id is not None and micro.expires_at <= self.now:
                found[micro.grant_id] = found.get(micro.grant_id, 0) + 1
        return found


ACTIONS = ["grant", "debit", "release", "refund", "wait", "sweep"] + ["hold", "capture"] * 2
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTIONS), st.integers(1, 15), st.none() | st.integers(1, 5)),
    min_size=15,
    max_size=60,
)


@given(STEPS)
def test_a7_what_is_left_of_each_grant(steps: list[tuple[str, int, int | None]]) -> None:
    purse, lots = Purse(), Lots()
    for days in (None, 5, 2):
        purse.grant(10, days)
    for action, amount, days in steps:
        getattr(purse, action)(amount, days)
        for entry in purse.entries[lots.sequence :]:
            lots.follow(entry)
        assert lots.total == len(purse.micros)
        assert dict(lots.expired(purse.now)) == purse.left()
        later = [m.expires_at for m in purse.micros if purse.now < m.expires_at < NEVER]
        if later:
            upcoming = lots.next_expiry(purse.now)
            assert upcoming is not None
            assert upcoming <= min(later)


def test_a7_the_soonest_to_expire_is_spent_first() -> None:
    purse, lots = Purse(), Lots()
    purse.grant(10, None)
    purse.grant(10, 30)
    purse.grant(10, 3)
    purse.debit(15, None)
    purse.wait(0, 30)
    for entry in purse.entries:
        lots.follow(entry)
    assert lots.expired(purse.now) == [(purse.entries[1].id, 5)]
    assert lots.total == 15


def test_a7_what_comes_back_too_late_is_kept() -> None:
    purse, lots = Purse(), Lots()
    purse.grant(10, 3)
    purse.hold(10, None)
    purse.wait(0, 4)
    purse.release(0, 0)
    for entry in purse.entries:
        lots.follow(entry)
    assert lots.expired(purse.now) == []
    assert lots.total == 10
