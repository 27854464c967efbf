"""What the routes for users ask FastAPI for."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from padstone.auth.guards import PrincipalDep
from padstone.auth.users.errors import SessionNeededError
from padstone.auth.users.opened import OpenedUsers
from padstone.auth.users.sessions import Device
from padstone.principal import Principal
from padstone.state import opened

__all__ = ["DeviceDep", "SignedInDep", "UsersDep"]


async def _users(connection: HTTPConnection) -> OpenedUsers:
    return opened(connection, "users", OpenedUsers)


async def _signed_in(principal: PrincipalDep) -> Principal:
    if principal.method not in {"jwt", "session"}:
        raise SessionNeededError
    return principal


async def _device(connection: HTTPConnection) -> Device:
    client = connection.client
    return Device(connection.headers.get("user-agent"), client.host if client else None)


UsersDep = Annotated[OpenedUsers, Depends(_users)]
"""The application's users."""

SignedInDep = Annotated[Principal, Depends(_signed_in)]
"""Whoever is signed in; 403 for an API key."""

DeviceDep = Annotated[Device, Depends(_device)]
"""What the request tells of the device that it comes from."""
