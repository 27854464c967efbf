"""Backing services: settings that name no service become settings that name the embedded ones.

In development and in tests, what has no address is taken from ``padstone.devservices``: real
PostgreSQL, Valkey, S3 and a mailbox, started or joined, and shared by the systems and processes of
a checkout. In every other environment, and where each address is given, nothing is started.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from pydantic import SecretStr

from padstone import devservices
from padstone.devservices import Lease, ServiceError, Services
from padstone.settings import (
    DatabaseSettings,
    MailSettings,
    RedisSettings,
    Settings,
    StorageSettings,
)

__all__ = ["Backing", "attach", "given", "without_address"]

S = TypeVar("S", bound=Settings)

_GIVEN: ContextVar[Settings | None] = ContextVar("padstone_given", default=None)


@dataclass(frozen=True, slots=True)
class Backing(Generic[S]):
    """Settings that are complete, and the hold on the embedded services among them.

    ``embedded`` names those of "database", "redis", "storage" and "mail" that are ours. They live
    at least until ``release`` or the end of the ``with`` block.
    """

    settings: S
    embedded: frozenset[str] = frozenset()
    _lease: Lease | None = field(default=None, repr=False)

    @property
    def services(self) -> Services | None:
        """The embedded services; ``None`` where none was needed."""
        return self._lease.services if self._lease else None

    def release(self) -> None:
        """Gives the embedded services up; they stop soon after their last user has. Idempotent."""
        if self._lease:
            self._lease.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def attach(settings: S, *, progress: Callable[[str], None] | None = None) -> Backing[S]:
    """Completes ``settings``, starting or joining the embedded services where it must.

    It blocks, up to seconds on a first start: whoever has an event loop calls it by
    ``asyncio.to_thread``. ``progress`` is called with short sentences meanwhile. Raises
    ``ServiceError`` that says why the services cannot be had and what to do.
    """
    if isinstance(instead := _GIVEN.get(), type(settings)):
        settings = instead
    missing = without_address(settings)
    if settings.ENVIRONMENT not in {"development", "test"}:
        return Backing(settings)
    if not missing:
        return Backing(settings.model_copy(update=_names(settings)))
    lease = devservices.attach(
        settings.SYSTEM, ephemeral=settings.ENVIRONMENT == "test", progress=progress
    )
    try:
        found = _names(settings) | _addresses(lease.services, missing)
    except ServiceError:
        lease.release()
        raise
    return Backing(settings.model_copy(update=found), missing, lease)


@contextmanager
def given(settings: Settings) -> Iterator[None]:
    """For tests: within the block ``attach`` completes these in place of others of their class.

    So an application starts on a test's services though its own settings were built at import.
    """
    token = _GIVEN.set(settings)
    try:
        yield
    finally:
        _GIVEN.reset(token)


def without_address(settings: Settings) -> frozenset[str]:
    """What a system uses and has no address of: "database", "redis", "storage", "mail"."""
    missing = set()
    if isinstance(settings, DatabaseSettings) and settings.DATABASE_URL is None:
        missing.add("database")
    if isinstance(settings, RedisSettings) and settings.REDIS_URL is None:
        missing.add("redis")
    if isinstance(settings, StorageSettings) and settings.STORAGE_ENDPOINT_URL is None:
        missing.add("storage")
    if isinstance(settings, MailSettings) and settings.MAIL_URL is None:
        missing.add("mail")
    return frozenset(missing)


def _addresses(services: Services, missing: frozenset[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "database" in missing:
        found["DATABASE_URL"] = services.database_url
    if "redis" in missing:
        found["REDIS_URL"] = services.redis_url
    if "storage" in missing:
        found |= {
            "STORAGE_ENDPOINT_URL": services.storage_endpoint_url,
            # Keys without an endpoint are not for this endpoint.
            "STORAGE_ACCESS_KEY": SecretStr(services.storage_access_key),
            "STORAGE_SECRET_KEY": SecretStr(services.storage_secret_key),
            "STORAGE_REGION": services.storage_region,
        }
    if "mail" in missing:
        if services.mail_url is None:
            raise ServiceError(
                "The services that run have no mailbox, since an older Padstone started them. Stop "
                "them with `padstone services stop` and start again."
            )
        found["MAIL_URL"] = services.mail_url
    return found


def _names(settings: Settings) -> dict[str, Any]:
    """What is called after the system where the settings do not say otherwise."""
    found = {}
    if isinstance(settings, StorageSettings) and not settings.STORAGE_BUCKET:
        # The name of a bucket has no underscores.
        found["STORAGE_BUCKET"] = settings.SYSTEM.replace("_", "-")
    if isinstance(settings, RedisSettings) and not settings.REDIS_PREFIX:
        found["REDIS_PREFIX"] = settings.SYSTEM
    if isinstance(settings, MailSettings) and not settings.MAIL_FROM:
        found["MAIL_FROM"] = f"{settings.SYSTEM}@example.com"
    return found
