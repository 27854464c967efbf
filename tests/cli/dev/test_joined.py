import asyncio
import threading
from typing import Any

import pytest

from padstone.cli.dev import joined
from padstone.devservices import ServiceError


class Lease:
    pass


async def test_it_gives_the_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    lease, said = Lease(), list[tuple[str, threading.Thread]]()

    def attach(database: str, *, progress: Any) -> Lease:
        progress(f"joined for {database}")
        return lease

    monkeypatch.setattr(joined.devservices, "attach", attach)
    found = await joined.join(lambda line: said.append((line, threading.current_thread())))
    assert found is lease
    # A thread that writes while the interpreter ends would have it abort.
    assert said == [("joined for postgres", threading.main_thread())]


async def test_it_raises_what_went_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def attach(_database: str, **_: Any) -> Lease:
        raise ServiceError("No space is left.")

    monkeypatch.setattr(joined.devservices, "attach", attach)
    with pytest.raises(ServiceError, match="No space"):
        await joined.join(print)


def test_nobody_waits_for_it_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    began, may_end = threading.Event(), threading.Event()

    def attach(_database: str, **_: Any) -> Lease:
        began.set()
        may_end.wait()
        return Lease()

    monkeypatch.setattr(joined.devservices, "attach", attach)

    async def leave() -> None:
        joining = asyncio.create_task(joined.join(print))
        await asyncio.to_thread(began.wait)
        joining.cancel()
        await asyncio.gather(joining, return_exceptions=True)

    before = set(threading.enumerate())
    asyncio.run(leave())
    (thread,) = set(threading.enumerate()) - before
    assert thread.daemon
    may_end.set()
    thread.join(10)
