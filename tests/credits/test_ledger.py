import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from padstone.credits import (
    AmountExceededError,
    BalanceTooLargeError,
    HoldClosedError,
    InsufficientCreditsError,
    LedgerKeyReusedError,
)
from padstone.errors import NotFoundError, ValidationError

HOUR = timedelta(hours=1)
NOBODY = UUID(int=1)
MakeHold = Callable[..., Awaitable[Any]]


async def test_a7_every_movement_in_its_turn(books: Any) -> None:
    account = await books.account()
    await books.do("grant", account, 100, key="g", reference="welcome")
    debit = await books.do("debit", account, 10, key="d")
    hold = await books.do("hold", account, 40, key="h", lifetime=HOUR)
    await books.do("capture", account, hold.id, 25, key="c")
    other = await books.do("hold", account, 30, key="h2", lifetime=HOUR)
    await books.do("release", account, other.id, key="r")
    await books.do("refund", account, debit.id, 4, key="rf")
    assert await books.entries(account) == [
        ("grant", 100, 100),
        ("capture", -10, 90),
        ("hold", -40, 50),
        ("capture", 15, 65),
        ("hold", -30, 35),
        ("release", 30, 65),
        ("refund", 4, 69),
    ]
    assert await books.balance(account) == 69


async def test_a7_a_hold_takes_from_what_can_be_spent(books: Any, account_id: UUID) -> None:
    await books.do("hold", account_id, 60, key="h", lifetime=HOUR)
    with pytest.raises(InsufficientCreditsError):
        await books.do("hold", account_id, 41, key="h2", lifetime=HOUR)
    with pytest.raises(InsufficientCreditsError):
        await books.do("debit", account_id, 41, key="d")
    await books.do("debit", account_id, 40, key="d")
    assert await books.balance(account_id) == 0


async def test_a7_what_was_refused_wrote_nothing(books: Any, account_id: UUID) -> None:
    before = await books.entries(account_id)
    for method, options in (("debit", {}), ("hold", {"lifetime": HOUR})):
        with pytest.raises(InsufficientCreditsError):
            await books.do(method, account_id, 101, key="x", **options)
    assert await books.entries(account_id) == before
    await books.do("debit", account_id, 100, key="x")  # the key is still free


async def test_a7_a_hold_says_how_long_it_lasts(books: Any, hold: MakeHold) -> None:
    held = await hold(40, lifetime=HOUR)
    assert (held.status, held.captured_micros) == ("open", 0)
    began = await books.one("SELECT created_at FROM credit_entries WHERE hold_id = :id", held.id)
    assert held.expires_at == began + HOUR


async def test_a7_a_hold_is_captured_in_whole(books: Any, account_id: UUID, hold: MakeHold) -> None:
    held = await hold(40)
    captured = await books.do("capture", account_id, held.id, 40, key="c")
    assert (captured.delta_micros, captured.balance_after_micros) == (0, 60)


@pytest.mark.parametrize("close", ["capture", "release"])
async def test_a7_a_closed_hold_stays_closed(
    books: Any, account_id: UUID, hold: MakeHold, close: str
) -> None:
    held = await hold()
    amount = [1] if close == "capture" else []
    await books.do(close, account_id, held.id, *amount, key="first")
    with pytest.raises(HoldClosedError):
        await books.do("capture", account_id, held.id, 1, key="again")
    with pytest.raises(HoldClosedError):
        await books.do("release", account_id, held.id, key="again")


async def test_a7_no_more_is_captured_than_is_held(
    books: Any, account_id: UUID, hold: MakeHold
) -> None:
    held = await hold(40)
    with pytest.raises(AmountExceededError):
        await books.do("capture", account_id, held.id, 41, key="c")
    assert await books.balance(account_id) == 60


@pytest.mark.parametrize("spend", ["debit", "capture"])
async def test_a7_refunds_never_exceed_what_was_spent(
    books: Any, account_id: UUID, hold: MakeHold, spend: str
) -> None:
    if spend == "debit":
        spent = await books.do("debit", account_id, 30, key="s")
    else:
        spent = await books.do("capture", account_id, (await hold(40)).id, 30, key="s")
    await books.do("refund", account_id, spent.id, 20, key="one")
    with pytest.raises(AmountExceededError):
        await books.do("refund", account_id, spent.id, 11, key="two")
    await books.do("refund", account_id, spent.id, 10, key="two")
    assert await books.balance(account_id) == 100


async def test_a7_a_repeated_call_finds_what_the_first_one_made(
    books: Any, account_id: UUID, hold: MakeHold
) -> None:
    later = datetime.now(UTC) + HOUR
    held, open_hold = await hold(10), await hold(20)
    debit = await books.do("debit", account_id, 5, key="d0")
    before = await books.balance(account_id)
    calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
        ("grant", (7,), {"expires_at": later, "reference": "gift"}),
        ("debit", (7,), {"reference": "call"}),
        ("hold", (7,), {"lifetime": HOUR}),
        ("capture", (held.id, 7), {}),
        ("release", (open_hold.id,), {}),
        ("refund", (debit.id, 2), {}),
    ]
    first = [await books.do(m, account_id, *a, key=m, **o) for m, a, o in calls]
    after = await books.balance(account_id)
    again = [await books.do(m, account_id, *a, key=m, **o) for m, a, o in calls]
    assert [entry.id for entry in again] == [entry.id for entry in first]
    assert await books.balance(account_id) == after == before + 7 - 7 - 7 + 3 + 20 + 2


async def test_a7_a_key_is_for_one_movement(books: Any, account_id: UUID, hold: MakeHold) -> None:
    held, other = await hold(10), await hold(20)
    debit = await books.do("debit", account_id, 5, key="taken")
    for method, arguments, options in (
        ("debit", (6,), {}),
        ("debit", (5,), {"reference": "another"}),
        ("grant", (5,), {}),
        ("hold", (5,), {"lifetime": HOUR}),
        ("capture", (held.id, 5), {}),
        ("release", (held.id,), {}),
        ("refund", (debit.id, 5), {}),
    ):
        with pytest.raises(LedgerKeyReusedError):
            await books.do(method, account_id, *arguments, key="taken", **options)
    await books.do("capture", account_id, held.id, 5, key="captured")
    with pytest.raises(LedgerKeyReusedError):
        await books.do("capture", account_id, other.id, 5, key="captured")
    stranger = await books.account(funds=10)
    await books.do("debit", stranger, 6, key="taken")  # an account's keys are its own


async def test_a7_releasing_needs_no_key(books: Any, account_id: UUID, hold: MakeHold) -> None:
    held = await hold()
    first = await books.do("release", account_id, held.id)
    assert (await books.do("release", account_id, held.id)).id == first.id
    assert await books.balance(account_id) == 100


async def test_a7_anothers_rows_do_not_exist(books: Any, account_id: UUID, hold: MakeHold) -> None:
    held = await hold()
    debit = await books.do("debit", account_id, 5, key="d")
    thief = await books.account()
    for method, arguments in (
        ("capture", (held.id, 1)),
        ("release", (held.id,)),
        ("refund", (debit.id, 1)),
        ("capture", (NOBODY, 1)),
        ("release", (NOBODY,)),
        ("refund", (NOBODY, 1)),
    ):
        with pytest.raises(NotFoundError):
            await books.do(method, thief, *arguments, key="k")
    with pytest.raises(NotFoundError, match="no such account"):
        await books.do("grant", NOBODY, 1, key="k")


async def test_a7_only_captures_are_refunded(books: Any, account_id: UUID) -> None:
    grant = await books.do("grant", account_id, 5, key="g")
    with pytest.raises(NotFoundError, match="no such capture"):
        await books.do("refund", account_id, grant.id, 1, key="r")


@pytest.mark.parametrize("amount", [0, -1, 2**63, True])
@pytest.mark.parametrize("method", ["grant", "debit", "hold", "capture", "refund"])
async def test_a7_amounts_are_above_nothing(
    books: Any, account_id: UUID, method: str, amount: int
) -> None:
    extra = [NOBODY] if method in {"capture", "refund"} else []
    options = {"lifetime": HOUR} if method == "hold" else {}
    with pytest.raises(ValidationError) as caught:
        await books.do(method, account_id, *extra, amount, key="k", **options)
    assert caught.value.errors[0].field == "amount_micros"


@pytest.mark.parametrize("key", ["", "x" * 201, "ledger:release:x"])
async def test_a7_keys_have_a_form(books: Any, account_id: UUID, key: str) -> None:
    with pytest.raises(ValidationError) as caught:
        await books.do("grant", account_id, 1, key=key)
    assert caught.value.errors[0].field == "key"


async def test_a7_a_balance_that_does_not_fit_is_refused(books: Any, account_id: UUID) -> None:
    largest = 2**63 - 1
    with pytest.raises(BalanceTooLargeError):
        await books.do("grant", account_id, largest, key="g")
    await books.do("grant", account_id, largest - 100, key="g")
    assert await books.balance(account_id) == largest
    with pytest.raises(BalanceTooLargeError):
        await books.do("grant", account_id, 1, key="g2")


async def test_a7_a_grant_is_not_born_expired(books: Any, account_id: UUID) -> None:
    with pytest.raises(ValidationError) as caught:
        await books.do("grant", account_id, 1, key="g", expires_at=datetime.now(UTC))
    assert caught.value.errors[0].field == "expires_at"


async def test_a7_a_loaded_account_shows_the_new_balance(
    books: Any, account_id: UUID, hold: MakeHold
) -> None:
    async with books.database.session() as session:
        account = await session.get(books.ledger.account_model, account_id)
        await books.ledger.debit(session, account_id, 30, key="d")
        assert account.credits_balance_micros == 70
        held = await books.ledger.hold(session, account_id, 20, key="h", lifetime=HOUR)
        assert account.credits_balance_micros == 50
        await books.ledger.capture(session, account_id, held.id, 5, key="c")
        assert account.credits_balance_micros == 65
        assert (held.status, held.captured_micros) == ("captured", 5)


async def test_a7_spending_is_no_edit_of_the_account(books: Any, account_id: UUID) -> None:
    untouched = "SELECT created_at = updated_at FROM accounts WHERE id = :id"
    await books.do("debit", account_id, 1, key="d")
    assert await books.one(untouched, account_id) is True


async def test_a7_a_deleted_accounts_holds_are_captured_too(
    books: Any, account_id: UUID, hold: MakeHold
) -> None:
    held = await hold(40)
    async with books.database.session() as session:
        await session.execute(text("UPDATE accounts SET deleted_at = now()"))
    await books.do("capture", account_id, held.id, 40, key="c")
    assert await books.balance(account_id) == 60


async def test_1_of_512_debits_on_funds_for_100_exactly_100_succeed(books: Any) -> None:
    account = await books.account(funds=100 * 7)

    async def debit(number: int) -> bool:
        try:
            await books.do("debit", account, 7, key=f"d{number}")
        except InsufficientCreditsError:
            return False
        return True

    outcomes = await asyncio.gather(*(debit(number) for number in range(512)))
    assert sum(outcomes) == 100
    assert await books.balance(account) == 0
    assert len(await books.entries(account)) == 101


async def test_a7_many_callers_with_one_key_move_once(books: Any, account_id: UUID) -> None:
    entries = await asyncio.gather(
        *(books.do("debit", account_id, 30, key="same") for _ in range(32))
    )
    assert len({entry.id for entry in entries}) == 1
    assert await books.balance(account_id) == 70


async def test_a7_of_capture_and_release_one_wins(
    books: Any, hold: MakeHold, account_id: UUID
) -> None:
    for number in range(10):
        held = await hold(10, key=f"h{number}")
        outcomes = await asyncio.gather(
            books.do("capture", account_id, held.id, 10, key=f"c{number}"),
            books.do("release", account_id, held.id, key=f"r{number}"),
            books.do("capture", account_id, held.id, 4, key=f"c'{number}"),
            return_exceptions=True,
        )
        assert sum(isinstance(outcome, HoldClosedError) for outcome in outcomes) == 2
        (won,) = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
        refill = 10 - won.delta_micros
        if refill:
            await books.do("grant", account_id, refill, key=f"g{number}")
    assert await books.balance(account_id) == 100


async def test_a7_a_hold_counts_as_it_is_not_as_it_was_seen(
    books: Any, account_id: UUID, hold: MakeHold
) -> None:
    held = await hold(40)
    async with books.database.session() as session:
        seen = await session.get(books.ledger.hold_model, held.id)
        assert seen.status == "open"
        await books.do("capture", account_id, held.id, 40, key="elsewhere")
        with pytest.raises(HoldClosedError):
            await books.ledger.release(session, account_id, held.id)
