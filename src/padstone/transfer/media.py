"""The three forms in which rows come in and go out."""

from email.message import Message
from enum import StrEnum

from padstone.errors import UnsupportedMediaError

__all__ = ["MediaType"]

_UTF8 = {"utf-8", "utf8", "us-ascii"}


class MediaType(StrEnum):
    """What a ``Content-Type`` or an ``Accept`` names."""

    CSV = "text/csv"
    JSON = "application/json"
    NDJSON = "application/x-ndjson"

    @classmethod
    def of(cls, content_type: str) -> "MediaType":
        """The form that a ``Content-Type`` header names.

        Raises ``UnsupportedMediaError`` for another one, and for a charset that is not UTF-8.
        """
        header = Message()
        header["Content-Type"] = content_type
        charset = header.get_content_charset("utf-8")
        if charset not in _UTF8:
            raise UnsupportedMediaError("Only UTF-8 is read. Save the file in UTF-8.")
        # What is not of the form type/subtype is taken for text/plain here.
        name = header.get_content_type().replace("application/ndjson", cls.NDJSON)
        try:
            return cls(name)
        except ValueError:
            raise UnsupportedMediaError(
                f"Rows are read from {', '.join(cls)}; send one of them as Content-Type."
            ) from None
