"""A storage that is silent: the caller hears of it soon, and no row is left."""

import time
from collections.abc import Callable
from typing import Any

from padstone.files import Files
from padstone.testing.proxies import Proxy
from padstone.testing.services import TestServices


async def test_a_silent_storage_is_a_503_within_two_seconds_and_leaves_no_row(
    started: Callable[..., Any],
    files: Files[Any],
    database: Any,
    storage: Any,
    blank_database: str,
    test_services: TestServices,
    system_of: Callable[..., Any],
) -> None:
    async with Proxy(test_services.storage["STORAGE_ENDPOINT_URL"]) as proxy:
        options = {"STORAGE_BUCKET": storage._bucket, "STORAGE_ENDPOINT_URL": proxy.url}
        settings, router = system_of({**test_services.storage, **options})
        async with started(router, settings=settings) as client:
            form = {"files": ("a.txt", b"words" * 1000)}
            assert (await client.post("/files", files=form)).status_code == 201
            proxy.silence()
            began = time.monotonic()
            refused = await client.post("/files", files={"files": ("b.txt", b"words")})
            seconds = time.monotonic() - began
            assert (refused.status_code, refused.json()["code"]) == (503, "storage_unavailable")
            assert seconds < 4  # 2 s on a machine of its own
            assert refused.headers["retry-after"]
            await proxy.down()
            gone = await client.post("/files", files={"files": ("c.txt", b"words")})
            assert gone.status_code == 503
            read = await client.get("/files/a.txt")
            assert (read.status_code, read.json()["code"]) == (503, "storage_unavailable")
    async with database.read_session() as session:
        from sqlalchemy import select

        assert list(await session.scalars(select(files._model.path))) == ["a.txt"]
