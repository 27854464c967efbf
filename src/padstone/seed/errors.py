"""Why first data cannot be written."""

from typing import ClassVar

from padstone.errors import PadstoneError

__all__ = ["SeedDataError"]


class SeedDataError(PadstoneError):
    """A declared row cannot be written; the message names the row, what is wrong and the mend."""

    code: ClassVar[str] = "seed_data_refused"
    detail = "The first data cannot be written as they are declared."
