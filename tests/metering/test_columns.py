import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from metered import Books


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("prompt_tokens = -1", "tokens_not_negative"),
        ("completion_tokens = -1", "tokens_not_negative"),
        ("prompt_price_micros = -1", "prices_not_negative"),
        ("charged_micros = 301, status = 'settled', ended_at = now()", "charged_at_most_reserved"),
        ("charged_micros = -1, status = 'settled', ended_at = now()", "charged_at_most_reserved"),
        ("uncovered_micros = -1", "uncovered_not_negative"),
        ("hold_id = NULL", "held_where_reserved"),
        ("charged_micros = 1", "end_follows_status"),
        ("ended_at = now()", "end_follows_status"),
        ("status = 'settled'", "end_follows_status"),
        ("status = 'released', charged_micros = 1, ended_at = now()", "end_follows_status"),
        ("status = 'lost', ended_at = now()", "end_follows_status"),
    ],
)
async def test_what_cannot_be_is_refused(books: Books, change: str, broken: str) -> None:
    await books.reserve()
    with pytest.raises(IntegrityError, match=broken):
        async with books.database.session() as session:
            await session.execute(text(f"UPDATE metered_calls SET {change}"))  # noqa: S608  # ours


async def test_noting_is_no_change_of_the_row(books: Books) -> None:
    reserved = await books.reserve()
    before = (await books.call(reserved)).updated_at
    await books.age(reserved)
    assert (await books.call(reserved)).updated_at == before
    await books.settle(reserved, 1, 1)
    assert (await books.call(reserved)).updated_at > before
