"""What models cost: plain data, in micros for a million tokens."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

__all__ = ["DEFAULT_PRICES", "price_of"]

# A micro for a token that is read and two for one that is written, so that numbers move.
DEFAULT_PRICES: dict[str, tuple[int, int]] = {"echo*": (1_000_000, 2_000_000)}


def price_of(prices: Mapping[str, Sequence[int]], model: str) -> Sequence[int] | None:
    """The price of ``model``: for a million tokens read, and written; ``None`` where it has none.

    Names in ``prices`` may hold ``*``. A whole name comes before a pattern, and among patterns the
    first counts.
    """
    if model in prices:
        return prices[model]
    return next((price for name, price in prices.items() if fnmatchcase(model, name)), None)
