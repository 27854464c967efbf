"""Whether a call may be made again, and after which pause."""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from padstone.outbound.errors import OutboundUnavailableError, UnusableAnswerError

__all__ = ["Retries"]

_IDEMPOTENT = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}  # RFC 9110, section 9.2.2
_TOO_MANY = 429
_PASSING = {502, 503, 504}
_FIRST_PAUSE_SECONDS = 0.2


class Retries:
    """The rules for one call.

    A request that was never sent may be sent again, whatever it asks. One that may have arrived is
    sent again only where twice is as good as once: by its method, or by an ``Idempotency-Key``.
    A 429 says that nothing was done.
    """

    def __init__(self, request: httpx2.Request, most: int, longest_pause: float) -> None:
        # A body that is made while it is sent cannot be made again.
        self._left = most if isinstance(request.stream, httpx2.ByteStream) else 0
        self._longest = longest_pause
        self._made = 0
        self._bears_twice = request.method in _IDEMPOTENT or "idempotency-key" in request.headers

    def after_error(self, error: OutboundUnavailableError) -> float | None:
        """Seconds until the next attempt; ``None`` where there is none."""
        may = error.is_unsent or (self._bears_twice and not isinstance(error, UnusableAnswerError))
        return self._pause(None) if may else None

    def after_answer(self, answer: httpx2.Response) -> float | None:
        """Seconds until the next attempt; ``None`` where the answer is to be taken."""
        asked = _retry_after(answer)
        if answer.status_code == _TOO_MANY:
            may = self._bears_twice or asked is not None
        else:
            may = self._bears_twice and answer.status_code in _PASSING
        return self._pause(asked) if may else None

    def _pause(self, asked: float | None) -> float | None:
        if self._left <= 0 or (asked is not None and asked > self._longest):
            return None
        self._left -= 1
        self._made += 1
        grown = _FIRST_PAUSE_SECONDS * 2.0 ** (self._made - 1)
        # Callers that failed together do not come back together.
        own = min(grown * random.uniform(0.5, 1.5), self._longest)  # noqa: S311  # no secret
        return own if asked is None else max(asked, own)


def _retry_after(answer: httpx2.Response) -> float | None:
    text = str(answer.headers.get("retry-after", "")).strip()
    if text.isascii() and text.isdigit():
        return float(int(text[:9]))
    try:
        moment: datetime = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    left = (moment - datetime.now(UTC)).total_seconds()
    return max(0.0, left)
