"""What is sealed opens where it was sealed, unchanged, and nowhere else."""

import base64
import pickle
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.crypto import (
    Ciphertext,
    EncryptionError,
    ForgedCiphertextError,
    KeyRing,
    MalformedCiphertextError,
    NothingSealedError,
    Place,
    RowWithoutIdError,
    UnknownKeyError,
)
from padstone.crypto.ciphertext import head
from padstone.ids import new_id
from padstone.settings import EncryptionSettings

from .conftest import KEYS, Pin, Secret, Twin, ring

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
CANARY = "hunter2-canary"


def sealed(keyring: KeyRing, text: str = CANARY) -> Secret:
    secret = Secret(id=new_id())
    keyring.seal(secret, "value", text)
    return secret


@given(TEXTS, st.uuids(), st.sampled_from(["value", "hint"]))
def test_what_is_sealed_is_opened(text: str, row_id: UUID, column: str) -> None:
    secret = Secret(id=row_id)
    ring("k1").seal(secret, column, text)
    assert ring("k1").open(secret, column) == text


@given(st.sampled_from(["k1", "k2", "k3"]), st.permutations(["k1", "k2", "k3"]))
def test_every_key_of_a_ring_opens_and_the_first_one_seals(first: str, names: list[str]) -> None:
    secret = sealed(ring(first))
    assert ring(*names).open(secret, "value") == CANARY
    assert sealed(ring(*names)).value.key_id == names[0] == ring(*names).first
    assert ring(*names).ids == tuple(names)


def test_the_same_text_is_sealed_differently_each_time() -> None:
    secret, keyring = Secret(id=new_id()), ring("k1")
    seen = set()
    for _ in range(1000):
        keyring.seal(secret, "value", CANARY)
        seen.add(secret.value.blob[4:16])  # the nonces
    assert len(seen) == 1000


def test_the_bytes_are_as_they_are_described() -> None:
    blob = sealed(ring("k1")).value.blob
    assert blob[:4] == b"\x01\x02k1" == head("k1")
    assert len(blob) == 4 + 12 + len(CANARY) + 16


@given(st.data())
def test_no_changed_byte_goes_unnoticed(data: st.DataObject) -> None:
    secret = sealed(ring("k1", "k2"), data.draw(TEXTS))
    blob = bytearray(secret.value.blob)
    at = data.draw(st.integers(0, len(blob) - 1))
    blob[at] ^= data.draw(st.integers(1, 255))
    secret.value = Ciphertext(blob)
    with pytest.raises(EncryptionError):
        ring("k1", "k2").open(secret, "value")


@given(st.data())
def test_nothing_that_is_cut_or_made_up_opens(data: st.DataObject) -> None:
    blob = sealed(ring("k1")).value.blob
    other = data.draw(
        st.integers(0, len(blob) - 1).map(lambda end: blob[:end])
        | st.binary()
        | st.binary().map(lambda more: head("k1") + more)
        | st.binary(min_size=1).map(lambda more: blob + more)
    )
    with pytest.raises(EncryptionError):
        ring("k1").open(Secret(id=new_id(), value=Ciphertext(other)), "value")


MOVES: dict[str, Callable[[Ciphertext, Secret], tuple[Any, str]]] = {
    "row": lambda value, _secret: (Secret(id=new_id(), value=value), "value"),
    "column": lambda value, secret: (Secret(id=secret.id, hint=value), "hint"),
    "table": lambda value, secret: (Twin(id=secret.id, value=value), "value"),
}


@pytest.mark.parametrize("move", MOVES)
def test_a_ciphertext_that_was_moved_does_not_open(move: str) -> None:
    secret = sealed(ring("k1"))
    row, attribute = MOVES[move](secret.value, secret)
    with pytest.raises(ForgedCiphertextError):
        ring("k1").open(row, attribute)


def test_a_head_with_the_id_of_another_key_does_not_open() -> None:
    # Both keys are there, and each would try.
    secret = sealed(ring("k1"))
    secret.value = Ciphertext(head("k2") + secret.value.blob[4:])
    with pytest.raises(ForgedCiphertextError):
        ring("k1", "k2").open(secret, "value")


def test_every_part_of_the_key_of_a_row_counts() -> None:
    card, keyring = new_id(), ring("k1")
    pin = Pin(card=card, number=1)
    keyring.seal(pin, "pin", "1234")
    assert keyring.open(pin, "pin") == "1234"
    with pytest.raises(ForgedCiphertextError):
        keyring.open(Pin(card=card, number=2, pin=pin.pin), "pin")


def test_no_two_places_are_taken_for_one_another() -> None:
    places = [
        Place("a", "b", ("c",)),
        Place("a", "bc", ("",)),
        Place("ab", "c", ("",)),
        Place("a", "b", ("c", "")),
        Place("a", 'b", "c', ("",)),
    ]
    assert len({place.encoded() for place in places}) == len(places)


def test_an_unknown_key_is_told() -> None:
    with pytest.raises(UnknownKeyError):
        ring("k2").open(sealed(ring("k1")), "value")


@pytest.mark.parametrize("row", [Secret(), Pin(card=new_id()), Pin()])
def test_a_row_without_an_id_cannot_be_sealed(row: Any) -> None:
    with pytest.raises(RowWithoutIdError):
        ring("k1").seal(row, "value" if isinstance(row, Secret) else "pin", CANARY)


def test_nothing_is_opened_where_nothing_is_sealed() -> None:
    with pytest.raises(NothingSealedError):
        ring("k1").open(Secret(id=new_id()), "hint")


@pytest.mark.parametrize(
    ("row", "attribute"), [(Secret(id=new_id()), "name"), (Secret(id=new_id()), "no"), (7, "real")]
)
def test_only_encrypted_columns_are_sealed(row: Any, attribute: str) -> None:
    with pytest.raises(TypeError):
        ring("k1").seal(row, attribute, CANARY)


def test_a_ring_needs_a_key() -> None:
    with pytest.raises(ValueError, match="needs a key"):
        KeyRing([])


def test_two_derived_rings_of_different_secrets_do_not_open_each_other() -> None:
    one, other = (KeyRing.of(EncryptionSettings(SECRET_KEY=letter * 40)) for letter in ("a", "b"))
    with pytest.raises(ForgedCiphertextError):
        other.open(sealed(one), "value")
    assert KeyRing.of(EncryptionSettings(SECRET_KEY="a" * 40)).open(s := sealed(one), "value")
    assert s.value.key_id == "development"


def chain(error: BaseException | None) -> list[BaseException]:
    found = []
    while error is not None:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def test_no_failure_shows_a_key_a_text_or_a_ciphertext() -> None:
    good = sealed(ring("k1"))
    flipped = Ciphertext(good.value.blob[:-1] + bytes([good.value.blob[-1] ^ 1]))
    attempts: list[Callable[[], object]] = [
        lambda: ring("k1").seal(Secret(), "value", CANARY),
        lambda: ring("k1").seal(Secret(id=new_id()), "name", CANARY),
        lambda: ring("k1").seal(Secret(id=new_id()), "value", f"{CANARY}\ud800"),
        lambda: ring("k2").open(good, "value"),
        lambda: ring("k1").open(Secret(id=new_id(), value=good.value), "value"),
        lambda: ring("k1").open(Secret(id=good.id, value=flipped), "value"),
        lambda: ring("k1").open(Secret(id=good.id, value=Ciphertext(b"junk")), "value"),
        lambda: ring("k1").open(Secret(id=good.id), "value"),
    ]
    hidden = [CANARY, "k1" * 16, good.value.blob.hex(), base64.b64encode(good.value.blob).decode()]
    for attempt in attempts:
        with pytest.raises((EncryptionError, TypeError, ValueError)) as failed:
            attempt()
        for error in chain(failed.value):
            shown = f"{error!r} {error} {vars(error)}"
            assert not any(word in shown for word in hidden), shown


@pytest.mark.parametrize(
    "shown", [ring("k1", "k2"), KEYS["k1"], sealed(ring("k1")).value, sealed(ring("k1"))]
)
def test_nothing_shows_itself(shown: object) -> None:
    for text in (repr(shown), str(shown), f"{shown}"):
        assert "k1k1" not in text
        assert CANARY not in text
        assert "\\x" not in text


def test_errors_have_classes_of_their_own_below_one() -> None:
    errors = {
        ForgedCiphertextError,
        MalformedCiphertextError,
        NothingSealedError,
        RowWithoutIdError,
        UnknownKeyError,
    }
    assert {error.__base__ for error in errors} == {EncryptionError}
    assert len({error.reason for error in errors}) == len(errors)
    # What a client is told says nothing of the inside.
    assert {error.detail for error in errors} == {"A stored secret cannot be used."}


def test_a_ciphertext_survives_a_copy() -> None:
    value = sealed(ring("k1")).value
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301  # our own bytes
    assert value != Ciphertext(value.blob + b"x")
    assert len({value, Ciphertext(value.blob)}) == 1
    assert value != value.blob
