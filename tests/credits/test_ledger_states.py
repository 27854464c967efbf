"""Any sequence of movements, with keys that come again, held to a model that counts micros."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padstone.credits import (
    AmountExceededError,
    HoldClosedError,
    InsufficientCreditsError,
    LedgerKeyReusedError,
    audit,
    sweep,
)
from padstone.errors import NotFoundError, PadstoneError

DAY = timedelta(days=1)


@dataclass
class Held:
    micros: list[int]  # the day on which each expires
    due: int
    is_open: bool = True


@dataclass
class Model:
    """What an account's ledger should do, micro by micro. Time is counted in days."""

    today: int = 0
    purse: list[int] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    spent: list[int] = field(default_factory=list)  # what of each capture can still be refunded

    FOREVER = 10**6

    def grant(self, amount: int, pick: int) -> None:
        self.purse += [self.today + pick if pick else self.FOREVER] * amount

    def debit(self, amount: int, _pick: int) -> None:
        self.take(amount)
        self.spent.append(amount)

    def hold(self, amount: int, pick: int) -> None:
        self.held.append(Held(self.take(amount), self.today + pick + 1))

    def capture(self, amount: int, pick: int) -> None:
        held = self.open(pick)
        if amount > len(held.micros):
            raise AmountExceededError
        held.is_open = False
        self.put_back(held.micros[amount:])
        self.spent.append(amount)

    def release(self, _amount: int, pick: int) -> None:
        held = self.open(pick)
        held.is_open = False
        self.put_back(held.micros)

    def refund(self, amount: int, pick: int) -> None:
        if pick >= len(self.spent):
            raise NotFoundError
        if amount > self.spent[pick]:
            raise AmountExceededError
        self.spent[pick] -= amount
        self.purse += [self.FOREVER] * amount

    def sweep(self) -> None:
        for held in self.held:
            if held.is_open and held.due <= self.today:
                held.is_open = False
                self.put_back(held.micros)
        self.purse = [day for day in self.purse if day > self.today]

    def take(self, amount: int) -> list[int]:
        if amount > len(self.purse):
            raise InsufficientCreditsError
        self.purse.sort()
        taken, self.purse = self.purse[:amount], self.purse[amount:]
        return taken

    def put_back(self, days: list[int]) -> None:
        self.purse += [day if day > self.today else self.FOREVER for day in days]

    def open(self, pick: int) -> Held:
        if pick >= len(self.held):
            raise NotFoundError
        if not self.held[pick].is_open:
            raise HoldClosedError
        return self.held[pick]


class Machine:
    """The model and the ledger, doing the same."""

    def __init__(self, books: Any, account_id: UUID, began: datetime) -> None:
        self.books = books
        self.account_id = account_id
        self.began = began
        self.model = Model()
        self.made: dict[str, tuple[Any, Any]] = {}  # what each key did, and the id of its outcome
        self.holds: list[UUID] = []
        self.captures: list[UUID] = []

    async def step(self, action: str, amount: int, pick: int, key: str) -> None:
        if action == "wait":
            await self.books.pass_time(amount * DAY)
            self.model.today += amount
            return
        if action == "sweep":
            await sweep(self.books.database, self.books.ledger)
            self.model.sweep()
            return
        arguments, options = self.call(action, amount, pick)
        said = (action, arguments, options.get("expires_at"))
        expected = self.expect(said, key, amount, pick)
        try:
            outcome = await self.books.do(action, self.account_id, *arguments, key=key, **options)
        except PadstoneError as error:
            assert type(error) is expected
            return
        assert outcome.id == expected if isinstance(expected, UUID) else expected is None
        if expected is None:
            self.made[key] = (said, outcome.id)
            if action == "hold":
                self.holds.append(outcome.id)
            elif action in {"debit", "capture"}:
                self.captures.append(outcome.id)

    def call(self, action: str, amount: int, pick: int) -> tuple[tuple[Any, ...], dict[str, Any]]:
        # Half a day between the days, so that a slow test changes nothing.
        if action == "grant":
            day = self.model.today + pick
            expires_at = self.began + day * DAY - DAY / 2 if pick else None
            return (amount,), {"expires_at": expires_at}
        if action == "hold":
            return (amount,), {"lifetime": (pick + 1) * DAY - DAY / 2}
        if action == "release":
            return (self.nth(self.holds, pick),), {}
        if action in {"capture", "refund"}:
            known = self.holds if action == "capture" else self.captures
            return (self.nth(known, pick), amount), {}
        return (amount,), {}

    def expect(self, said: Any, key: str, amount: int, pick: int) -> Any:
        """The error, the id of the outcome that the key had before, or ``None`` for a new one."""
        if key in self.made:
            before, outcome = self.made[key]
            return outcome if before == said else LedgerKeyReusedError
        try:
            getattr(self.model, said[0])(amount, pick)
        except PadstoneError as error:
            return type(error)
        return None

    def nth(self, known: list[UUID], pick: int) -> UUID:
        return known[pick] if pick < len(known) else UUID(int=pick)


ACTIONS = ["debit", "release", "wait", "grant", "grant", "hold", "hold", "hold"]
ACTIONS += ["capture", "capture", "capture", "refund", "refund", "sweep", "sweep"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(ACTIONS),
        st.integers(1, 9),
        st.integers(0, 4),
        # Mostly a key of its own, and now and then one that was used before.
        st.none() | st.none() | st.none() | st.integers(0, 20),
    ),
    min_size=15,
    max_size=30,
)


@given(steps=STEPS)
@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_2_any_sequence_of_movements(
    books: Any, steps: list[tuple[str, int, int, int | None]]
) -> None:
    account_id = await books.account()
    machine = Machine(books, account_id, await books.one("SELECT clock.clock_timestamp()"))
    funds = [("grant", 9, expires_in, None) for expires_in in (0, 3, 2)]
    for number, (action, amount, pick, key) in enumerate(funds + steps):
        await machine.step(action, amount, pick, f"key {number if key is None else key}")
        assert await books.balance(account_id) == len(machine.model.purse)
    async with books.database.session() as session:
        assert await audit(session, books.ledger) == []
