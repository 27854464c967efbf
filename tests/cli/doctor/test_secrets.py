"""What the doctor says of stored secrets, as an inspection found them."""

import pytest

from padstone.cli.doctor.secrets import _finding
from padstone.crypto import Inspected, KeyRing, Place, UnknownKeyError
from padstone.settings import EncryptionKey

RING = KeyRing([EncryptionKey(name, name.encode() * 16) for name in ("k2", "k1")])


@pytest.mark.parametrize(
    ("inspected", "verdict", "what"),
    [
        (Inspected(), "ok", "All 0 can be opened."),
        (Inspected(opened=3, held={"k2": 3}), "ok", "All 3 can be opened."),
        (
            Inspected(opened=3, held={"k2": 1, "k1": 2}),
            "note",
            "All 3 can be opened; 2 by k1.",
        ),
        (
            Inspected(opened=3, held={"k2": 9}),
            "ok",
            "3 of 9 were opened, and all have a known key.",
        ),
        (
            Inspected(opened=3, held={"k2": 9, "k0": 4, "": 1}),
            "error",
            "5 of 14 cannot be opened; not among the keys: no key (1), k0 (4). ",
        ),
    ],
)
def test_it_says_how_many_and_by_which_key(inspected: Inspected, verdict: str, what: str) -> None:
    found = _finding(inspected, RING)
    assert (found.verdict, found.what) == (verdict, what)


def test_it_names_the_rows() -> None:
    inspected = Inspected(opened=1, held={"k2": 1, "k0": 2})
    for number in range(2):
        inspected.unopened.add(Place("safes", "secret", (str(number),)), UnknownKeyError())
    what = _finding(inspected, RING).what
    assert "2 of 3 cannot be opened" in what
    assert "safes.secret of 0: The key that sealed this" in what
    assert "safes.secret of 1: The key that sealed this" in what
