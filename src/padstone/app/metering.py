"""Opening the meter, repeating its work, and ending it in time."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from padstone.app.periodic import Periodic
from padstone.settings import Settings
from padstone.shutdown import Shutdown

if TYPE_CHECKING:
    from padstone.metering import Meter, OpenedMeter

__all__ = ["meter_upkeep", "open_meter"]

_RECONCILE_SECONDS = 10.0
_SPARE_SECONDS = 1.0  # between the end of reading and that of the process, for the books


def open_meter(
    stack: AsyncExitStack, state: dict[str, Any], meter: "Meter[Any]", settings: Settings
) -> None:
    """Opens ``state["meter"]``; at the end its calls are settled before the database is closed."""
    # Here, since a system that meters nothing should not pay for the import.
    from padstone.metering import OpenedMeter

    opened = OpenedMeter(meter, state["database"])
    ending = _Ending(opened, state["shutdown"], settings.SHUTDOWN_GRACE_SECONDS)
    stack.push_async_callback(ending.drain)
    state["meter"] = opened


def meter_upkeep(meter: "Meter[Any]") -> list[Periodic]:
    """What is repeated for a meter."""

    async def note(state: Mapping[str, Any]) -> None:
        await state["meter"].note()

    async def reconcile(state: Mapping[str, Any]) -> None:
        await state["meter"].reconcile()

    return [
        Periodic("calls noted", meter.progress, note),
        Periodic("calls reconciled", _RECONCILE_SECONDS, reconcile),
    ]


class _Ending:
    """Ends all reading within the time that the process has from the signal on."""

    def __init__(self, meter: "OpenedMeter", shutdown: Shutdown, grace: float) -> None:
        self._meter = meter
        self._shutdown = shutdown
        self._seconds = max(grace - _SPARE_SECONDS, grace / 2)
        self._ends_at: float | None = None
        self._task = asyncio.create_task(self._watch())

    async def drain(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        now = asyncio.get_running_loop().time()
        ends_at = now + self._seconds if self._ends_at is None else self._ends_at
        await self._meter.drain(max(ends_at - now, 0.0))

    async def _watch(self) -> None:
        await self._shutdown.wait()
        self._ends_at = asyncio.get_running_loop().time() + self._seconds
        self._meter.end_within(self._seconds)
