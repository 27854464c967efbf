"""A checkout with one system, in which ``padstone dev`` runs as a process."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from padstone.cli.dev.forks import Forks
from padstone.testing.checkouts import Checkout, made_services, new_checkout

EXAMPLES = """\
    seeding.credentials["demo account"] = "demo@example.com"
    seeding.examples.append("curl -fsS '{url}/openapi.json' -H 'X-Greeting: it is me'")
"""


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    with closing(Forks()) as made:
        yield made


@pytest.fixture(scope="session")
def services_made_once() -> Iterator[Path]:
    with made_services() as made:
        yield made


@pytest.fixture
def checkout(keyed: Any, services_made_once: Path) -> Iterator[Checkout]:
    """The system has a database, a migration and first data."""
    with new_checkout(services_made_once) as made:
        system = made.add("keyed", keyed.folder)
        with (system / "app" / "seed.py").open("a") as seed:
            seed.write(EXAMPLES)
        yield made


@pytest.fixture
def held(checkout: Checkout) -> Checkout:
    """The same, with services that end soon after their last user."""
    checkout.hold_services()
    return checkout
