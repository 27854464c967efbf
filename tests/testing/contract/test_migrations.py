"""A downgrade that leaves a type behind, and one that loses its way."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import contracted
from padstone.settings import DatabaseSettings
from padstone.testing.contract import migrations

Check = Callable[[str], Awaitable[None]]

REVISION = """
from alembic import op
from contracted import Base

revision, down_revision = "0001", None


def upgrade():
    Base.metadata.create_all(op.get_bind())
    op.execute("CREATE TYPE kind AS ENUM ('a')")


def downgrade():
    {downgrade}
    Base.metadata.drop_all(op.get_bind())
"""


class ThingsSettings(DatabaseSettings):
    SYSTEM = "plugged"


@pytest.fixture
def check(system: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, blank_database: str) -> Check:
    """The check, on a system whose only revision goes down as is said."""
    environment = "from padstone.migrations import run\nfrom app.core.config import settings\n\n"
    (system.path / "alembic" / "env.py").write_text(f'{environment}run(settings, "contracted")\n')
    shared = str(Path(contracted.__file__).parent)

    async def run(downgrade: str) -> None:
        text = REVISION.format(downgrade=downgrade)
        (system.path / "alembic" / "versions" / "0001.py").write_text(text)
        settings = ThingsSettings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0)
        given = {"ENVIRONMENT": "test", "DATABASE_URL": blank_database, "PYTHONPATH": shared}
        await migrations._alembic(system.path, given, "upgrade head")
        monkeypatch.setattr(migrations, "environment_of", lambda _: given)
        world: Any = SimpleNamespace(metadata=contracted.Base.metadata, values={})
        await migrations.test_c2_up_down_and_up_with_rows_in_every_table(
            world, system.path, settings
        )

    return run


async def test_a_type_that_is_left_behind(check: Check) -> None:
    with pytest.raises(AssertionError, match="the type kind"):
        await check("pass")


async def test_a_step_that_fails(check: Check) -> None:
    with pytest.raises(AssertionError, match="alembic downgrade -1, downgrade base"):
        await check('op.execute("DROP TYPE another")')
