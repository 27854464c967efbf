"""How often is too often: for one address, for one user or API key, and for signing in."""

from app.core.config import Settings
from padstone.auth import RateLimited

__all__ = ["PER_ADDRESS", "PER_CALLER", "SIGNING_IN"]


def _caller(settings: Settings) -> str:
    return settings.RATE_LIMIT_CALLER


def _address(settings: Settings) -> str:
    return settings.RATE_LIMIT_ADDRESS


def _sign_in(settings: Settings) -> str:
    return settings.RATE_LIMIT_SIGN_IN


PER_ADDRESS = RateLimited(_address, by="address", name="api")
"""Of every route: all calls of one address together, whoever they say they are."""

PER_CALLER = RateLimited(_caller, by="principal", name="api")
"""Of every route that asks who is calling: all calls of one user, or of one API key, together."""

SIGNING_IN = RateLimited(_sign_in, by="address", strict=True, name="sign-in")
"""Of what strangers may call. Each account's own lock-out counts besides."""
