"""C2: up, down and up again with rows in every table, and nothing is left over."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import text

from padstone.db import Database
from padstone.settings import DatabaseSettings
from padstone.testing.contract.environment import bare, environment_of
from padstone.testing.contract.filling import Filling
from padstone.testing.contract.world import World

__all__ = ["test_c2_up_down_and_up_with_rows_in_every_table"]

# Several commands in one process, each as the command line reads it: starting costs the most.
_ALEMBIC = """
import json, sys
from alembic.config import main
for words in json.loads(sys.argv[1]):
    main(words)
"""
_LEFT = """
SELECT 'the table ' || relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
WHERE nspname = 'public' AND relkind IN ('r', 'v', 'm', 'S', 'p')
  AND relname NOT LIKE 'alembic_version%'
UNION ALL SELECT 'the function ' || proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace
WHERE nspname = 'public'
UNION ALL SELECT 'the type ' || typname FROM pg_type JOIN pg_namespace n ON n.oid = typnamespace
WHERE nspname = 'public' AND typtype IN ('e', 'd')
UNION ALL SELECT 'the schema ' || nspname FROM pg_namespace
WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('public', 'information_schema')
"""


async def test_c2_up_down_and_up_with_rows_in_every_table(
    world: World, system_folder: Path, cloned_settings: DatabaseSettings
) -> None:
    """By Alembic's own command line; at the bottom no table, type, function or schema is left."""
    given = environment_of(cloned_settings) | {"ENVIRONMENT": "test"}
    database = Database(cloned_settings)  # at head
    try:
        async with database.session() as session:
            await Filling(session, world.metadata, world.values).everything()
        await _alembic(system_folder, given, "downgrade -1", "downgrade base")
        async with database.read_session() as session:
            left = list((await session.execute(text(_LEFT))).scalars())
            assert left == [], "downgrade base leaves these behind"
    finally:
        await database.close()
    done = await _alembic(system_folder, given, "upgrade head", "check", "current")
    assert "(head)" in done


async def _alembic(folder: Path, given: Mapping[str, str], *lines: str) -> str:
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", _ALEMBIC, json.dumps([line.split() for line in lines])],
        cwd=folder,
        env=bare(folder, **given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"alembic {', '.join(lines)}: {done.stderr[-3000:]}"
    return done.stdout
