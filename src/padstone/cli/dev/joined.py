"""The embedded services, as a process takes part in them that must stay free to stop."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

from padstone import devservices
from padstone.devservices import Lease

__all__ = ["join"]

# It is there in every PostgreSQL; each system makes its own when it joins.
_DATABASE = "postgres"


async def join(progress: Callable[[str], None]) -> Lease:
    """Starts or joins the services; this process's share keeps them up while servers restart.

    The work is done in a thread that nobody waits for at the end, unlike those of
    ``asyncio.to_thread``: Ctrl-C during a first start ends this process at once. Raises
    ``ServiceError``.
    """
    loop = asyncio.get_running_loop()
    joined: asyncio.Future[Lease] = loop.create_future()

    def say(sentence: str) -> None:
        # Not from this thread: an interpreter that ends while a thread is writing aborts.
        with suppress(RuntimeError):  # the loop is closed: nobody reads any more
            loop.call_soon_threadsafe(progress, sentence)

    def work() -> None:
        lease, error = None, None
        try:
            lease = devservices.attach(_DATABASE, progress=say)
        except Exception as raised:  # noqa: BLE001  # it is raised where it is waited for
            error = raised
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, lease, error)

    def settle(lease: Lease | None, error: Exception | None) -> None:
        if joined.cancelled():
            return
        if error is not None:
            joined.set_exception(error)
        elif lease is not None:
            joined.set_result(lease)

    threading.Thread(target=work, name="join-services", daemon=True).start()
    return await joined
