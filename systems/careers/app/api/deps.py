"""What the endpoints share: who may do what. Rows that are somebody's are loaded by resources."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.core.config import Settings
from padstone.resource import Guards
from padstone.state import opened

__all__ = ["SIGNED_IN", "SettingsDep"]

SIGNED_IN = Guards(read=[], write=[])
"""Everybody who is signed in has the same rights, each over what is his or her own."""


async def _settings(connection: HTTPConnection) -> Settings:
    return opened(connection, "settings", Settings)


SettingsDep = Annotated[Settings, Depends(_settings)]
"""The settings with which the application was started."""
