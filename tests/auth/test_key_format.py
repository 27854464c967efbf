import math
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.auth import generate, parse
from padstone.auth.key_format import is_live

ALPHABET = string.digits + string.ascii_letters


@pytest.mark.parametrize("live", [True, False])
def test_a6_a_generated_key_parses_to_itself(*, live: bool) -> None:
    key = generate(live=live)
    assert parse(key.secret) == key
    assert key.secret.startswith("sk_live_" if live else "sk_test_")
    assert len(key.secret) == 8 + 27 + 6
    assert key.secret.startswith(key.prefix)
    assert len(key.hash) == 32
    assert is_live(key.prefix) is live


def test_a6_the_shown_prefix_leaves_128_bits_hidden() -> None:
    # The first of the 27 digits has only as many values as fit into 160 bits.
    first_digit = 2**160 / 62**26
    shown = len(generate(live=True).prefix) - len("sk_live_")
    assert 160 - math.log2(first_digit * 62 ** (shown - 1)) >= 128


def test_a6_random_strings_are_no_keys() -> None:
    source = random.Random(30)  # noqa: S311  # the same ones each time
    letters = "".join(source.choices(ALPHABET, k=33 * 100_000))
    found = [
        parse("sk_live_" + letters[start : start + 33]) for start in range(0, len(letters), 33)
    ]
    assert len(found) == 100_000
    assert set(found) == {None}


@given(st.text())
def test_a6_any_text_is_refused_in_silence(text: str) -> None:
    assert parse(text) is None
    assert parse("sk_live_" + text) is None


@pytest.mark.parametrize("trailing", ["\n", " ", "\0", "A", "é"])
def test_a6_a_key_ends_where_it_ends(trailing: str) -> None:
    assert parse(generate(live=True).secret + trailing) is None


@given(position=st.integers(0, 40), replacement=st.sampled_from(ALPHABET + "_-é\n"))
def test_a6_one_changed_character_is_noticed(position: int, replacement: str) -> None:
    secret = generate(live=True).secret
    mutated = secret[:position] + replacement + secret[position + 1 :]
    assert (parse(mutated) is None) == (mutated != secret)


@given(position=st.integers(0, 39))
def test_a6_two_exchanged_characters_are_noticed(position: int) -> None:
    secret = generate(live=True).secret
    pair = secret[position : position + 2]
    mutated = secret[:position] + pair[::-1] + secret[position + 2 :]
    assert (parse(mutated) is None) == (mutated != secret)


def test_a6_a_test_key_does_not_become_a_live_one() -> None:
    assert parse(generate(live=False).secret.replace("sk_test_", "sk_live_")) is None


def test_a6_the_checksum_stays_what_it_is() -> None:
    # A change of the format would lock every customer out.
    assert parse("sk_live_0000000000000000000000000003XzGiN") is not None


def test_a6_a_key_is_not_shown_by_accident() -> None:
    key = generate(live=True)
    assert key.secret not in repr(key)
    assert key.hash.hex() not in repr(key)
