"""Fixtures for whoever needs services only. See ``padstone.testing`` for what they are for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from padstone.testing.plugin import RUN

if TYPE_CHECKING:
    from padstone.db import Database
    from padstone.testing.databases import DatabaseFactory
    from padstone.testing.mailbox import Mailbox
    from padstone.testing.services import TestServices
    from padstone.testing.upstreams import Upstreams

__all__ = [
    "blank_database",
    "database",
    "database_factory",
    "mailbox",
    "test_services",
    "upstreams",
]


@pytest.fixture(scope="session")
def test_services(pytestconfig: pytest.Config) -> Iterator[TestServices]:
    """The services of this test run."""
    from padstone.testing.services import test_services

    with test_services(pytestconfig.stash[RUN]) as services:
        yield services


@pytest.fixture(scope="session")
def database_factory(test_services: TestServices) -> DatabaseFactory:
    """Makes databases on the test server."""
    from padstone.testing.databases import DatabaseFactory

    # The embedded server goes with its databases, and until then runs may share templates.
    run = "" if test_services.is_embedded else test_services.run
    return DatabaseFactory(test_services.admin_url, run)


@pytest_asyncio.fixture
async def blank_database(database_factory: DatabaseFactory) -> AsyncIterator[str]:
    """The URL of an empty database."""
    async with database_factory.blank() as url:
        yield url


@pytest_asyncio.fixture
async def database(blank_database: str) -> AsyncIterator[Database]:
    """A ``Database`` on an empty database, opened."""
    from padstone.db import Database
    from padstone.settings import DatabaseSettings

    opened = Database(DatabaseSettings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=1))
    await opened.open()
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def mailbox(test_services: TestServices) -> Mailbox:
    """What is mailed while the test runs: ``await mailbox.wait_for(to="ann@example.com")``."""
    from padstone.testing.mailbox import Mailbox

    opened = Mailbox(test_services.mailbox)
    await opened.begin()
    return opened


@pytest.fixture(scope="session")
def upstreams() -> Iterator[Upstreams]:
    """Providers of models that behave as the model's name says: ``double?tokens=20&cut=5``."""
    from padstone.testing.upstreams import Upstreams

    with Upstreams() as process:
        yield process
