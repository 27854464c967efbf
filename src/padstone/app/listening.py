"""Opening what hears of changes in the database, on one listening connection for all of it."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

from padstone.app.application import Application
from padstone.app.authenticators import open_authenticators
from padstone.app.periodic import Periodic
from padstone.db import Listener
from padstone.events import EventLog, Follower
from padstone.settings import Settings

__all__ = ["event_upkeep", "open_listening"]

_PURGE_SECONDS = 600.0
_MOST_TRANSACTIONS = 100  # of a turn, for each log


async def open_listening(
    stack: AsyncExitStack, state: dict[str, Any], app: Application, settings: Settings
) -> None:
    """Opens what knows who is calling, and ``state["follower"]`` where there are event logs."""
    plan = app.plan
    if plan.api_keys is None and plan.users is None and not plan.event_logs:
        return
    listener = Listener(settings)
    await open_authenticators(stack, state, app, settings, listener)
    if plan.event_logs:
        state["follower"] = Follower(plan.event_logs, state["database"], listener)
    listener.start()
    stack.push_async_callback(listener.stop)


def event_upkeep(logs: Sequence[EventLog]) -> Periodic:
    """What is repeated for event logs: deleting the events whose time is over."""

    async def purge(state: Mapping[str, Any]) -> None:
        for log in logs:
            for _ in range(_MOST_TRANSACTIONS):
                async with state["database"].session() as session:
                    if not await log.purge(session):
                        break

    return Periodic("old events", _PURGE_SECONDS, purge)
