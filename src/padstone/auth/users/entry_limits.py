"""How often one network address may knock, beside what is counted for each e-mail address.

So that one caller can neither try many addresses, nor keep us hashing, nor have many people mailed.
"""

from padstone.auth.rate_limits import RateLimited
from padstone.ratelimit import Limit

__all__ = ["LOGIN_LIMIT", "MAIL_LIMIT", "REFRESH_LIMIT"]

_MINUTE = 60

LOGIN_LIMIT = RateLimited(
    lambda settings: Limit(settings.LOGINS_PER_MINUTE, _MINUTE),
    by="address",
    strict=True,
    name="login",
)
"""Of all routes that check a password or a mailed link together."""

MAIL_LIMIT = RateLimited(
    lambda settings: Limit(settings.REGISTRATIONS_PER_MINUTE, _MINUTE),
    by="address",
    strict=True,
    name="register",
)
"""Of all routes that mail somebody together."""

REFRESH_LIMIT = RateLimited(
    lambda settings: Limit(settings.REFRESHES_PER_MINUTE, _MINUTE), by="address", name="refresh"
)
