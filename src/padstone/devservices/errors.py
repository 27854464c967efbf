"""What goes wrong with the embedded services, said so that a person can mend it."""

from typing import ClassVar

from padstone.errors import PadstoneError

__all__ = ["ServiceError"]


class ServiceError(PadstoneError):
    """The embedded services cannot be started, reached or stopped.

    The message names the cause and the mend. It ends with the last lines of the service's own log
    where there are any, and never holds a password.
    """

    code: ClassVar[str] = "embedded_services"
    detail = "The embedded services are not available."
