"""What can go wrong with a call, in the words of ``padstone.errors``.

The messages are ours: an address that a user supplied must not tell what stands behind it, and a
service's own words may hold what is nobody's business.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import httpcore2
import httpx2

from padstone.errors import UnavailableError, ValidationError

__all__ = [
    "AnswerTooLargeError",
    "ForbiddenAddressError",
    "OutboundTimeoutError",
    "OutboundUnavailableError",
    "TooManyRedirectsError",
    "UnusableAnswerError",
    "translated",
]


class OutboundUnavailableError(UnavailableError):
    """The service does not answer.

    ``is_unsent`` says that nothing of the request has reached it, so that any request may be sent
    again.
    """

    code = "outbound_unavailable"
    detail = "A service elsewhere does not answer. Try again shortly."
    is_unsent = False


class OutboundTimeoutError(OutboundUnavailableError):
    """The service takes longer than the call may, or says nothing for too long."""

    code = "outbound_timeout"
    detail = "A service elsewhere takes too long to answer. Try again shortly."


class UnusableAnswerError(OutboundUnavailableError):
    """The service answers with something that cannot be read."""

    code = "outbound_unusable"
    detail = "A service elsewhere gives an answer that cannot be used."


class AnswerTooLargeError(UnusableAnswerError):
    """The answer is larger than the call takes."""

    code = "outbound_too_large"
    detail = "A service elsewhere answers with more than is taken."


class TooManyRedirectsError(UnusableAnswerError):
    """The service sends the call on and on."""

    code = "outbound_redirects"
    detail = "A service elsewhere sends the call on too often."


class ForbiddenAddressError(ValidationError):
    """The address leads, or may lead, to something that is not on the public internet.

    One sentence for every cause, a name that does not exist included, so that nobody explores by
    it which names and machines there are inside.
    """

    code = "forbidden_address"
    detail = (
        "This address cannot be called. Give an http or https address of a public host, "
        "without a user or a password."
    )


@contextmanager
def translated() -> Iterator[None]:
    """Turns what the client library raises into the errors of this module."""
    try:
        yield
    except TimeoutError as error:
        raise OutboundTimeoutError from error
    except (httpcore2.ConnectTimeout, httpcore2.PoolTimeout, httpcore2.ConnectError) as error:
        is_late = isinstance(error, httpcore2.TimeoutException)
        unsent = OutboundTimeoutError() if is_late else OutboundUnavailableError()
        unsent.is_unsent = True
        raise unsent from error
    except httpcore2.TimeoutException as error:
        raise OutboundTimeoutError from error
    except (httpcore2.NetworkError, httpcore2.RemoteProtocolError, OSError) as error:
        # Also where it hangs up without an answer, which is worth another attempt.
        raise OutboundUnavailableError from error
    except httpx2.DecodingError as error:
        raise UnusableAnswerError from error
