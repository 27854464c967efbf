from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from padstone.credits import Ledger

ENTRY = {
    "kind": "'grant'",
    "amount_micros": "5",
    "delta_micros": "5",
    "balance_after_micros": "5",
    "key": "'raw'",
    "hold_id": "NULL",
    "expires_at": "NULL",
}


async def refused(books: Any, statement: str, constraint: str, account_id: UUID) -> None:
    with pytest.raises(IntegrityError, match=f'"{constraint}"'):
        async with books.database.session() as session:
            await session.execute(text(statement), {"id": account_id})


async def test_a7_a_balance_is_not_negative_even_by_hand(books: Any, account_id: UUID) -> None:
    await refused(
        books,
        "UPDATE accounts SET credits_balance_micros = -1 WHERE id = :id",
        "ck_accounts_credits_balance_not_negative",
        account_id,
    )


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"amount_micros": "0", "delta_micros": "0"}, "ck_credit_entries_amount_positive"),
        ({"balance_after_micros": "-1"}, "ck_credit_entries_balance_not_negative"),
        ({"kind": "'gift'"}, "ck_credit_entries_delta_follows_kind"),
        ({"delta_micros": "-5"}, "ck_credit_entries_delta_follows_kind"),
        ({"kind": "'hold'"}, "ck_credit_entries_delta_follows_kind"),
        ({"kind": "'capture'"}, "ck_credit_entries_delta_follows_kind"),
        (
            {"kind": "'capture'", "hold_id": "gen_random_uuid()", "delta_micros": "-1"},
            "ck_credit_entries_delta_follows_kind",
        ),
        ({"kind": "'refund'", "expires_at": "now()"}, "ck_credit_entries_grants_alone_expire"),
        ({"key": "'funds'"}, "uq_credit_entries_account_id_key"),
    ],
)
async def test_a7_impossible_entries_are_refused(
    books: Any, account_id: UUID, values: dict[str, str], constraint: str
) -> None:
    row = ENTRY | values
    await refused(
        books,
        f"INSERT INTO credit_entries (id, account_id, {', '.join(row)})"  # noqa: S608
        f" VALUES (gen_random_uuid(), :id, {', '.join(row.values())})",
        constraint,
        account_id,
    )


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ("0, 0, 'open'", "ck_credit_holds_amount_positive"),
        ("5, 6, 'captured'", "ck_credit_holds_captured_at_most_amount"),
        ("5, 0, 'captured'", "ck_credit_holds_captured_follows_status"),
        ("5, 1, 'open'", "ck_credit_holds_captured_follows_status"),
        ("5, 1, 'released'", "ck_credit_holds_captured_follows_status"),
        ("5, 0, 'lost'", "ck_credit_holds_captured_follows_status"),
    ],
)
async def test_a7_impossible_holds_are_refused(
    books: Any, account_id: UUID, values: str, constraint: str
) -> None:
    columns = "(id, account_id, expires_at, amount_micros, captured_micros, status)"
    await refused(
        books,
        f"INSERT INTO credit_holds {columns}"  # noqa: S608
        f" VALUES (gen_random_uuid(), :id, now(), {values})",
        constraint,
        account_id,
    )


def test_a_systems_own_arguments_stay(ledger: Ledger[Any, Any]) -> None:
    table: Any = inspect(ledger.account_model).local_table
    assert table.comment == "A system may say this"
    assert {index.name for index in table.indexes} == {"ix_accounts_credits_expire_at"}
