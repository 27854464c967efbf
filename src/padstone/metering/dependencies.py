"""The meter as a FastAPI dependency."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from padstone.metering.opened import OpenedMeter
from padstone.state import opened

__all__ = ["MeterDep", "meter_of"]


def meter_of(connection: HTTPConnection) -> OpenedMeter:
    """The application's meter. ``UnavailableError`` where the application has not started."""
    return opened(connection, "meter", OpenedMeter)


async def _meter(connection: HTTPConnection) -> OpenedMeter:
    return meter_of(connection)


MeterDep = Annotated[OpenedMeter, Depends(_meter)]
"""The application's meter."""
