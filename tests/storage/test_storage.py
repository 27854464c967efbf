"""The storage, on a real one, and on one that is down."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from padstone.errors import ValidationError
from padstone.settings import StorageSettings
from padstone.storage import ObjectNotFoundError, Storage, StorageUnavailableError
from padstone.storage import storage as storage_module

from .conftest import Line, Opener, Options

Operation = Callable[[Storage], Awaitable[Any]]


async def read(storage: Storage, key: str) -> bytes:
    async with storage.get(key) as download:
        return b"".join([chunk async for chunk in download])


async def keys(storage: Storage, prefix: str = "") -> list[str]:
    return [found.key async for found in storage.list(prefix)]


@pytest.mark.parametrize("content", [b"", b"hello", secrets.token_bytes(100_000)])
async def test_what_is_put_is_got(storage: Storage, content: bytes) -> None:
    stored = await storage.put("a", content, content_type="application/pdf")
    assert (stored.key, stored.size) == ("a", len(content))
    assert stored.sha256 == hashlib.sha256(content).digest()
    assert await read(storage, "a") == content
    info = await storage.head("a")
    assert (info.key, info.size, info.etag) == ("a", len(content), stored.etag)
    assert info.modified.utcoffset() is not None


async def test_the_content_type_is_kept(storage: Storage) -> None:
    await storage.put("typed", b"x", content_type="application/pdf")
    assert (await storage.head("typed")).content_type == "application/pdf"


async def test_what_is_not_there(storage: Storage) -> None:
    with pytest.raises(ObjectNotFoundError):
        await storage.head("missing")
    with pytest.raises(ObjectNotFoundError):
        await read(storage, "missing")
    await storage.delete("missing")


async def test_delete(storage: Storage) -> None:
    await storage.put("a", b"x", content_type="text/plain")
    await storage.delete("a")
    with pytest.raises(ObjectNotFoundError):
        await storage.head("a")
    await storage.delete("a")


async def test_list_and_delete_by_prefix_over_several_pages(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_module, "LIST_PAGE", 2)
    names = [f"p{number}" for number in range(5)]
    for name in [*names, "q"]:
        await storage.put(name, name.encode(), content_type="text/plain")
    assert await keys(storage) == [*names, "q"]
    assert await keys(storage, "p") == names
    assert [found.size async for found in storage.list("p")] == [2] * 5
    assert await storage.delete_prefix("p") == 5
    assert await keys(storage) == ["q"]
    assert await storage.delete_prefix("p") == 0


async def test_a_prefix_that_would_empty_the_bucket_is_refused(storage: Storage) -> None:
    with pytest.raises(ValidationError):
        await storage.delete_prefix("")


OPERATIONS: dict[str, Operation] = {
    "put": lambda storage: storage.put("a", b"x", content_type="text/plain"),
    "get": lambda storage: read(storage, "a"),
    "head": lambda storage: storage.head("a"),
    "delete": lambda storage: storage.delete("a"),
    "list": keys,
    "delete_prefix": lambda storage: storage.delete_prefix("a"),
    "check": lambda storage: storage.check(),
}


@pytest.mark.parametrize("fault", ["swallow", "cut", "refuse"])
async def test_a_storage_that_is_down_is_unavailable(
    distant: Storage, line: Line, options: Options, fault: str
) -> None:
    """PROMISES 15: what fails is a 503 that tells nothing of the inside."""
    line.mode = fault
    line.hang_up()
    if fault == "refuse":
        await line.stop()
    secrets_ = [options[name] for name in ("STORAGE_BUCKET", "STORAGE_ACCESS_KEY")]
    for name, operation in OPERATIONS.items():
        before = line.connections
        with pytest.raises(StorageUnavailableError) as caught:
            await operation(distant)
        assert caught.value.retry_after == 1.0, name
        words = str(caught.value)
        assert not [secret for secret in ["127.0.0.1", *secrets_] if secret in words], name
        if fault == "swallow":
            # One silence is waited for, not one for each of several tries.
            assert line.connections - before == 1, name


async def test_a_connection_that_was_closed_meanwhile_is_tried_again(
    distant: Storage, line: Line
) -> None:
    await distant.put("a", b"x", content_type="text/plain")
    line.cuts = 1
    assert (await distant.head("a")).size == 1


async def test_start_up_goes_on_without_a_storage(
    options: Options, opened: Opener, line: Line
) -> None:
    """A2: the API goes on, and the storage is found when it is back."""
    await line.stop()
    with capture_logs() as logs:
        storage = await opened({**options, "STORAGE_ENDPOINT_URL": line.url})
    assert [entry["event"] for entry in logs] == ["storage is not usable yet"]
    with pytest.raises(StorageUnavailableError):
        await storage.check()
    await line.start()
    await storage.check()
    assert await keys(storage) == []


async def test_development_makes_its_bucket_again(options: Options, opened: Opener) -> None:
    storage = await opened(options)
    storage._clients.quick.delete_bucket(Bucket=options["STORAGE_BUCKET"])
    await storage.check()
    await storage.put("a", b"x", content_type="text/plain")


async def test_production_makes_no_bucket(options: Options, opened: Opener) -> None:
    deployed = {**options, "ENVIRONMENT": "production", "SECRET_KEY": "s" * 40}
    with capture_logs() as logs:
        storage = await opened(deployed)
    assert logs[0]["reason"] == "The storage has no such bucket."
    with pytest.raises(StorageUnavailableError, match="no such bucket"):
        await storage.check()
    with pytest.raises(StorageUnavailableError):
        await storage.put("a", b"x", content_type="text/plain")


@pytest.mark.embedded_s3
async def test_wrong_credentials_are_told_from_a_dead_storage(
    options: Options, opened: Opener
) -> None:
    storage = await opened({**options, "STORAGE_SECRET_KEY": "w" * 32})
    with pytest.raises(StorageUnavailableError, match="refuses this service's credentials"):
        await storage.check()


async def test_the_bucket_is_named_after_the_system_where_no_other_is_named(
    options: Options,
) -> None:
    class Settings(StorageSettings):
        SYSTEM = "accounts"

    assert Storage(Settings(**{**options, "STORAGE_BUCKET": ""}))._bucket == "accounts"


async def test_building_it_connects_nothing_and_needs_an_address(options: Options) -> None:
    storage = Storage(StorageSettings(**options))
    with pytest.raises(RuntimeError, match="not open"):
        await storage.head("a")
    with pytest.raises(ValueError, match="STORAGE_ENDPOINT_URL"):
        Storage(StorageSettings())


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o not in {"list", "check"}])
async def test_a_bad_key_reaches_no_storage(
    storage: Storage, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad: dict[str, Operation] = {
        "put": lambda storage: storage.put("/a", b"x", content_type="text/plain"),
        "get": lambda storage: read(storage, "/a"),
        "head": lambda storage: storage.head("/a"),
        "delete": lambda storage: storage.delete("/a"),
        "delete_prefix": lambda storage: storage.delete_prefix("/a"),
    }
    monkeypatch.setattr(storage, "_made", None)
    with pytest.raises(ValidationError) as caught:
        await bad[operation](storage)
    assert caught.value.errors[0].field == "key"
