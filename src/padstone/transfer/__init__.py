r"""Rows in and out: CSV, a JSON array, and one JSON object a line.

``read_rows`` reads a file as it comes in, with one row in memory at a time, and ``write_rows``
writes one likewise. What becomes of each row stands in a ``TransferReport``.

In CSV an empty cell is absent, so that the field's default applies; ``\N`` is null, and a lone
apostrophe the empty text. An apostrophe in front of a cell that a spreadsheet would compute makes
it a text, and is taken away when it is read.
"""

from padstone.transfer.errors import TransferTooLargeError, UnreadableFileError
from padstone.transfer.limits import Limits
from padstone.transfer.media import MediaType
from padstone.transfer.reading import read_rows
from padstone.transfer.report import (
    RowReport,
    RowStatus,
    Tally,
    TransferMode,
    TransferReport,
)
from padstone.transfer.row import Row

__all__ = [
    "Limits",
    "MediaType",
    "Row",
    "RowReport",
    "RowStatus",
    "Tally",
    "TransferMode",
    "TransferReport",
    "TransferTooLargeError",
    "UnreadableFileError",
    "read_rows",
]
