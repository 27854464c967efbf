"""A system that does not start, and one that starts services of its own where it was given some."""

from pathlib import Path

import httpcore2  # noqa: F401  # pytester forgets what its tests import first, and httpx2 would not
import pytest

from padstone.settings import DatabaseSettings, RedisSettings
from padstone.testing.contract import start
from padstone.testing.services import TestServices

NOT_READY = "router = APIRouter()"
BROKEN = "raise RuntimeError('no way')"
UNHEALTHY = """router = APIRouter()


@router.get("/health", status_code=500)
async def health() -> str:
    return "ill"
"""


class PluggedSettings(DatabaseSettings, RedisSettings):
    SYSTEM = "plugged"


@pytest.fixture
def plugged(blank_database: str, test_services: TestServices) -> PluggedSettings:
    """Every address that the system needs."""
    return PluggedSettings(DATABASE_URL=blank_database, REDIS_URL=test_services.redis_url)


@pytest.mark.parametrize(("line", "words"), [(BROKEN, "no way"), (UNHEALTHY, "ill")])
async def test_a_system_that_does_not_start(
    system: pytest.Pytester,
    plugged: PluggedSettings,
    tmp_path: Path,
    line: str,
    words: str,
) -> None:
    main = system.path / "app" / "main.py"
    main.write_text(main.read_text().replace(NOT_READY, line))
    # Readiness is no part of it: there are no revisions in its folder.
    for revision in (system.path / "alembic" / "versions").glob("*.py"):
        revision.unlink()
    with pytest.raises(AssertionError, match=words):
        await start.test_c1_services_by_url_start_nothing(system.path, plugged, tmp_path)


async def test_a_system_that_starts_what_it_was_given(
    system: pytest.Pytester, plugged: PluggedSettings, tmp_path: Path
) -> None:
    for revision in (system.path / "alembic" / "versions").glob("*.py"):
        revision.unlink()
    main = system.path / "app" / "main.py"
    main.write_text(f"import os\nos.mkdir('.padstone')\n{main.read_text()}")
    with pytest.raises(AssertionError, match="padstone"):
        await start.test_c1_services_by_url_start_nothing(system.path, plugged, tmp_path)
