r"""Rows in and out: CSV, a JSON array, and one JSON object a line.

``read_rows`` reads a file as it comes in, with one row in memory at a time, and ``write_rows``
writes one likewise. ``import_rows`` puts what was read into the database::

    report = await import_rows(
        session,
        read_rows(request.stream(), request.headers.get("content-type", "")),
        RowModel(ProductCreate),
        write,  # a function of the caller's: a batch of ProductCreate in, their outcomes out
        tally=Tally(TransferMode.BEST_EFFORT),
    )

In CSV an empty cell is absent, so that the field's default applies; ``\N`` is null, and a lone
apostrophe the empty text. An apostrophe in front of a cell that a spreadsheet would compute makes
it a text, and is taken away when it is read.
"""

from padstone.transfer.cells import NULL
from padstone.transfer.checking import RowModel
from padstone.transfer.errors import TransferTooLargeError, UnreadableFileError
from padstone.transfer.importing import Outcome, Write, import_rows
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
from padstone.transfer.writing import write_rows

__all__ = [
    "NULL",
    "Limits",
    "MediaType",
    "Outcome",
    "Row",
    "RowModel",
    "RowReport",
    "RowStatus",
    "Tally",
    "TransferMode",
    "TransferReport",
    "TransferTooLargeError",
    "UnreadableFileError",
    "Write",
    "import_rows",
    "read_rows",
    "write_rows",
]
