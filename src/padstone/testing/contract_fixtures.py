"""What the contract's tests need. See ``padstone.testing.contract`` for what they are for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from padstone.testing.named import named_app

if TYPE_CHECKING:
    from padstone.testing.contract.world import World
    from padstone.testing.running import Running

__all__ = ["pytest_configure", "pytest_generate_tests", "world", "world_class"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "operations(*kinds): the test gets, as `operation`, each operation of the OpenAPI document "
        "that is of all these kinds",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marker = metafunc.definition.get_closest_marker("operations")
    if marker is None:
        return
    from padstone.testing.contract.document import operations

    found = operations(named_app(metafunc.config).openapi())
    fitting = [one for one in found if all(getattr(one, kind) for kind in marker.args)]
    metafunc.parametrize("operation", fitting, ids=str)


@pytest.fixture(scope="session")
def world_class(pytestconfig: pytest.Config) -> type[World]:
    """The system's own ``World``: what the ini option ``padstone_world`` names."""
    from padstone.testing.contract.world import World

    named = str(pytestconfig.getini("padstone_world"))
    module, _, name = named.partition(":")
    try:
        found = getattr(import_module(module), name, None)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        found = None
    if not (isinstance(found, type) and issubclass(found, World)):
        raise pytest.UsageError(
            f"padstone_world names {named!r}, where there is no World: write one into "
            "tests/world.py, as padstone.testing.contract says"
        )
    return found


@pytest_asyncio.fixture
async def world(world_class: type[World], running: Running) -> AsyncIterator[World]:
    """The system's world, in the isolation that the test asks for."""
    async with running.client() as client:
        yield world_class(running, client)
