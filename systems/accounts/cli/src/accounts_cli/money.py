"""Micros, as the API counts, and units, as people do: 1 unit is 1,000,000 micros."""

__all__ = ["in_both", "in_units"]

_MICROS = 1_000_000
_FEWEST_PLACES = 2


def in_units(micros: int) -> str:
    """``1_500_000`` as ``1.50``: exact, with at least two places and no more than needed."""
    whole, rest = divmod(abs(micros), _MICROS)
    places = f"{rest:06d}".rstrip("0").ljust(_FEWEST_PLACES, "0")
    return f"{'-' if micros < 0 else ''}{whole:,}.{places}"


def in_both(micros: int) -> str:
    """``1_500_000`` as ``1.50 (1,500,000 micros)``."""
    return f"{in_units(micros)} ({micros:,} micros)"
