"""The services that tests run on: embedded ones of their own, or those that are given by URL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from padstone import devservices
from padstone.testing.mailbox_process import MailboxProcess

__all__ = ["TestServices", "bucket_name", "given_services", "redis_prefix", "test_services"]

_STORAGE = ("STORAGE_ENDPOINT_URL", "STORAGE_ACCESS_KEY", "STORAGE_SECRET_KEY")
_NAMES = ("DATABASE_URL", "REDIS_URL", *_STORAGE)


@dataclass(frozen=True, slots=True)
class TestServices:
    """Where the services are, in the names of the settings.

    The names of what a test run makes there hold ``run``.
    """

    __test__ = False

    admin_url: str = field(repr=False)
    storage: dict[str, Any] = field(repr=False)
    redis_url: str = field(repr=False)
    is_embedded: bool
    run: str = ""
    # Not the development one, and started for those alone who send mail.
    mailbox: MailboxProcess = field(default_factory=MailboxProcess, compare=False, repr=False)


def bucket_name(run: str) -> str:
    """The bucket of a test run, named so that it is nobody else's."""
    return f"test-{run}"


def redis_prefix(run: str) -> str:
    """What the keys of a test run begin with, so that they are nobody else's."""
    return f"test-{run}:"


def given_services() -> dict[str, str]:
    """What the environment gives, by the names of the settings."""
    given = {
        name: value for name in _NAMES if (value := os.environ.get(f"PADSTONE_TEST_{name}", ""))
    }
    missing = [name for name in _STORAGE if name not in given]
    if 0 < len(missing) < len(_STORAGE):
        raise ValueError(
            f"PADSTONE_TEST_{' and PADSTONE_TEST_'.join(missing)} must be set too, so that the "
            "tests can use the storage that is given"
        )
    return given


@contextmanager
def test_services(run: str) -> Iterator[TestServices]:
    """The services for one process of a test run; embedded ones are never those of ``dev``."""
    with _found_services(run) as services:
        try:
            yield services
        finally:
            services.mailbox.close()


@contextmanager
def _found_services(run: str) -> Iterator[TestServices]:
    given = given_services()
    storage = {name: value for name, value in given.items() if name in _STORAGE}
    if len(given) == len(_NAMES):
        yield TestServices(
            admin_url=given["DATABASE_URL"],
            storage=storage,
            redis_url=given["REDIS_URL"],
            is_embedded=False,
            run=run,
        )
        return
    with devservices.attach("test_admin", ephemeral=True) as lease:
        services = lease.services
        yield TestServices(
            admin_url=given.get("DATABASE_URL", services.database_url),
            storage=storage
            or {
                "STORAGE_ENDPOINT_URL": services.storage_endpoint_url,
                "STORAGE_ACCESS_KEY": services.storage_access_key,
                "STORAGE_SECRET_KEY": services.storage_secret_key,
            },
            redis_url=given.get("REDIS_URL", services.redis_url),
            is_embedded="DATABASE_URL" not in given,
            run=run,
        )


test_services.__test__ = False  # type: ignore[attr-defined]
