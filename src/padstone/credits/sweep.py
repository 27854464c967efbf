"""What time does to credits: holds that nobody closed are released, grants expire.

Any number of processes may sweep at once; each hold and each grant is dealt with once.
"""

from collections.abc import Collection
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import Select, func, select

from padstone.credits.columns import HoldStatus
from padstone.credits.ledger import Ledger
from padstone.db import Database
from padstone.models import INCLUDE_DELETED

__all__ = ["Swept", "sweep"]

_log = structlog.get_logger("padstone.credits")


class Swept(NamedTuple):
    """How many holds were released, and of how many grants something was taken back."""

    released: int
    expired: int


async def sweep(database: Database, ledger: Ledger[Any, Any], *, limit: int = 1000) -> Swept:
    """Deals with up to ``limit`` holds and ``limit`` accounts, each in a transaction of its own.

    What fails is logged and left for the next time, and keeps nothing else waiting.
    """
    released = await _release_holds(database, ledger, limit)
    return Swept(released, await _expire_grants(database, ledger, limit))


async def _release_holds(database: Database, ledger: Ledger[Any, Any], limit: int) -> int:
    released, failed = 0, set[UUID]()
    while released + len(failed) < limit:
        async with database.session() as session:
            found = (await session.execute(_overdue_hold(ledger, failed))).one_or_none()
            if found is None:
                break
            hold_id, account_id = found
            try:
                await ledger.release(session, account_id, hold_id)
                await session.commit()
                released += 1
            except Exception as error:  # noqa: BLE001  # the next ones must not wait for this one
                await session.rollback()
                failed.add(hold_id)
                _log.warning("hold not released", hold=str(hold_id), error=type(error).__name__)
    return released


async def _expire_grants(database: Database, ledger: Ledger[Any, Any], limit: int) -> int:
    account, expired = ledger.account_model, 0
    async with database.read_session() as session:
        due = await session.scalars(
            select(account.id)
            .where(account.credits_expire_at <= func.now())
            .order_by(account.credits_expire_at)
            .limit(limit)
            .execution_options(**INCLUDE_DELETED)
        )
    for account_id in due:
        try:
            expired += len(await database.run(partial(ledger.expire, account_id=account_id)))
        except Exception as error:  # noqa: BLE001  # the next ones must not wait for this one
            _log.warning("grants not expired", account=str(account_id), error=type(error).__name__)
    return expired


def _overdue_hold(ledger: Ledger[Any, Any], failed: Collection[UUID]) -> Select[Any, Any]:
    account, hold = ledger.account_model, ledger.hold_model
    return (
        select(hold.id, hold.account_id)
        .join(account, account.id == hold.account_id)
        .where(
            hold.status == HoldStatus.OPEN,
            hold.expires_at <= func.now(),
            hold.id.not_in(failed),
        )
        .order_by(hold.expires_at)
        .limit(1)
        # Both rows: the account because everything else locks it first, the hold so that one which
        # another sweeper has just released is looked at again and left out.
        .with_for_update(skip_locked=True, key_share=True, of=(account, hold))
        .execution_options(**INCLUDE_DELETED)
    )
