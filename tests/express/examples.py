"""Rows, bodies and queries of every kind, for both lanes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from lane_system import FILTERS, SORTS, Colour

__all__ = ["BODIES", "QUERIES", "ROWS"]

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
NAMES = st.one_of(st.sampled_from(["a", " b ", "A", "ä", "%", "_", "\\", "b c", ""]), TEXT)
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT | st.floats(-1e9, 1e9, width=32)
)
JSON = st.dictionaries(
    TEXT,
    SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(TEXT, SCALARS, max_size=2),
    max_size=2,
)

ROWS = st.fixed_dictionaries(
    {"name": NAMES},
    optional={
        "code": TEXT,
        "small": st.integers(-(2**15), 2**15 - 1),
        "number": st.integers(-(2**31), 2**31 - 1),
        "large": st.integers(-(2**63), 2**63 - 1),
        "flag": st.booleans(),
        "price": st.decimals(-(10**13), 10**13, places=6),
        "amount": st.decimals(-(10**30), 10**30),
        "ratio": st.floats(),
        "short": st.floats(width=32),
        "day": st.dates(date(1, 1, 1)),
        "moment": st.datetimes(
            datetime(1, 1, 2),  # noqa: DTZ001  # the zone comes with the strategy
            datetime(9999, 12, 30),  # noqa: DTZ001
            timezones=st.just(UTC),
        ),
        "local": st.datetimes(),
        "clock": st.times(),
        "span": st.timedeltas(timedelta(days=-10_000), timedelta(days=10_000)),
        "colour": st.sampled_from(Colour),
        "shade": st.sampled_from(["light", "deep"]),
        "size": st.sampled_from([1, 20]),
        "words": st.lists(TEXT, max_size=3),
        "numbers": st.lists(st.integers(-(2**31), 2**31 - 1), max_size=3),
        "extra": JSON,
        "raw": st.sampled_from([b"", b"abc"]),
        "reference": st.uuids(),
        "deleted_at": st.none() | st.just(datetime(2026, 1, 1, tzinfo=UTC)),
    },
)
"""What a row may hold."""

# More often than not a value that can be used, and now and then one that cannot.
_BAD: Any = st.one_of(st.none(), st.just("x"), st.just(2**70), st.just([]), st.just("a\0b"), JSON)
_BODY = {
    "name": NAMES,
    "code": TEXT,
    "small": st.integers(-(2**16), 2**16),
    "number": st.integers(-(2**32), 2**32),
    "large": st.integers(-(2**64), 2**64),
    "flag": st.booleans(),
    "price": st.decimals(-(10**15), 10**15, places=8).map(str) | st.floats(-1e6, 1e6),
    "amount": st.integers(-(10**20), 10**20),
    "ratio": st.floats(allow_nan=False, allow_infinity=False),
    "short": st.floats(width=32, allow_nan=False, allow_infinity=False),
    "day": st.dates(date(1, 1, 1)).map(str),
    "moment": st.datetimes(timezones=st.timezones()).map(datetime.isoformat),
    "colour": st.sampled_from([*Colour, "green"]),
    "shade": st.sampled_from(["light", "deep", "dark"]),
    "size": st.sampled_from([1, 20, 3]),
    "words": st.lists(TEXT, max_size=3),
    "numbers": st.lists(st.integers(-(2**33), 2**33), max_size=3),
    "extra": JSON,
    "reference": st.uuids().map(str),
    "colours": st.just("unknown"),
}
BODIES = st.fixed_dictionaries(
    {"name": NAMES}, optional={name: kind | _BAD for name, kind in _BODY.items() if name != "name"}
)
"""What clients may send to be made."""

_PARAMETERS = [
    name if operator == "eq" else f"{name}__{operator}"
    for name, operators in FILTERS.items()
    for operator in operators
]
_VALUES = [
    "a",
    "A",
    "ä",
    "%",
    "_",
    "\\",
    "0",
    "1",
    "-3",
    "true",
    "false",
    "red",
    "dark blue",
    "red,dark blue",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00+01:00",
    "1.5",
    "1.5,2",
]
_SORTS = st.lists(
    st.sampled_from([*SORTS, *(f"-{name}" for name in SORTS)]), min_size=1, max_size=3, unique=True
)
_ONE = st.one_of(
    st.tuples(st.sampled_from(_PARAMETERS), st.sampled_from(_VALUES)),
    st.tuples(st.just("sort"), _SORTS.map(",".join)),
    st.sampled_from([("offset", "0"), ("limit", "0"), ("limit", "x"), ("unknown", "1")]),
)
QUERIES = st.builds(
    lambda limit, others: {"limit": limit, **dict(others)},
    st.sampled_from(["1", "2", "3", "100"]),
    st.lists(_ONE, max_size=2),
)
"""What clients may ask of a list: some of it cannot be used."""
