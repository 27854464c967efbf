"""Promise 29: PostgreSQL tells every process of a change that its credentials depend on."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Table, text

from padstone.auth import CHANNEL, KEY_COLUMNS
from padstone.auth.users import SESSION_CHANNEL, SESSION_COLUMNS, USER_CHANNEL
from padstone.models import columns_read
from padstone.testing.contract.world import World

__all__ = ["test_promise_29_changes_of_credentials_are_told"]

_TOLD = text("""\
SELECT coalesce(array_agg(attname::text), '{}') AS columns, bool_or(tgtype & 8 <> 0) AS deletes
FROM pg_trigger LEFT JOIN pg_attribute ON attrelid = tgrelid AND attnum = ANY (tgattr::int2[])
WHERE tgrelid = to_regclass(:table) AND tgname = :name AND tgenabled <> 'D'
""")


class _Telling(NamedTuple):
    table: Table
    channel: str
    columns: set[str]


async def test_promise_29_changes_of_credentials_are_told(world: World) -> None:
    """A trigger says so, for each column that decides whether somebody may come in."""
    async with world.database.session() as session:
        for table, channel, columns in _tellings(world):
            parameters = {"table": f'"{table.name}"', "name": f"notify_{channel}"}
            told = (await session.execute(_TOLD, parameters)).one()
            missing = sorted(columns - set(told.columns))
            assert not missing and told.deletes, (  # noqa: PT018  # one sentence mends both
                f"No trigger of {table.name} tells of {', '.join(missing) or 'deletions'}, so a "
                "process may let somebody in for as long as it remembers. Write into the revision: "
                f"triggers.create_notify({table.name!r}, {channel!r}, …, on={sorted(columns)})"
            )


def _tellings(world: World) -> Iterator[_Telling]:
    plan = world.app.plan
    if plan.api_keys is not None:
        keys, owner = _table(plan.api_keys.model), _table(plan.api_keys.owner)
        yield _Telling(keys, CHANNEL, set(KEY_COLUMNS))
        yield _Telling(owner, CHANNEL, columns_read(plan.api_keys.lookup, owner))
    if plan.users is not None:
        sessions, people = _table(plan.users.session_model), _table(plan.users.model)
        yield _Telling(sessions, SESSION_CHANNEL, set(SESSION_COLUMNS))
        known = columns_read(plan.users.lookup, people)
        if plan.sessions is not None:
            known |= columns_read(plan.users.browser_lookup, people)
        yield _Telling(people, USER_CHANNEL, known)


def _table(model: Any) -> Table:
    found: Table = model.__table__
    return found
