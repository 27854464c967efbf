"""How much one transfer takes, so that no file can take all memory or all time."""

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """``row_size`` is in characters, ``total_bytes`` in bytes as they come in.

    A row that is too long is reported like a broken one, and the reading goes on; a file that is
    too long, or has too many rows, is refused.
    """

    row_size: int = 1_048_576
    rows: int = 100_000
    total_bytes: int = 104_857_600
