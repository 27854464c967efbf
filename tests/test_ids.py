"""Ids sort by the time they were made, and their public form is the same number."""

from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.ids import decode_public_id, encode_public_id, new_id

EXAMPLE = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
prefixes = st.sampled_from(["acct", "x", "api_key", "a_b_c", "k9"])


def test_a_new_id_is_a_plain_uuid_of_version_7() -> None:
    made = new_id()
    assert type(made) is UUID
    assert (made.version, made.variant) == (7, RFC_4122)


def test_new_ids_are_unique_and_in_order() -> None:
    made = [new_id() for _ in range(10_000)]
    assert len(set(made)) == len(made)
    assert made == sorted(made)


@given(prefixes, st.uuids())
def test_there_and_back(prefix: str, value: UUID) -> None:
    public = encode_public_id(prefix, value)
    assert decode_public_id(prefix, public) == value
    assert decode_public_id(prefix, prefix + public.removeprefix(prefix).upper()) == value


@given(st.uuids(), st.uuids())
def test_public_ids_sort_as_the_uuids_do(one: UUID, other: UUID) -> None:
    assert (encode_public_id("x", one) < encode_public_id("x", other)) == (one < other)


@pytest.mark.parametrize(
    ("value", "body"),
    [
        (UUID(int=0), "0" * 26),
        (UUID(int=2**128 - 1), "7" + "z" * 25),
        (EXAMPLE, "01h455vb4pex5vsknk084sn02q"),  # the example of the TypeID specification
    ],
)
def test_known_values(value: UUID, body: str) -> None:
    assert encode_public_id("acct", value) == f"acct_{body}"


GOOD = encode_public_id("acct", EXAMPLE)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("acct_", id="the prefix alone"),
        pytest.param(GOOD.removeprefix("acct_"), id="no prefix"),
        pytest.param(GOOD.removeprefix("acct"), id="an empty prefix"),
        pytest.param(GOOD.replace("acct", "user"), id="another prefix"),
        pytest.param(GOOD.replace("acct", "ACCT"), id="the prefix in upper case"),
        pytest.param(GOOD.replace("acct_", "acct-"), id="another separator"),
        pytest.param(GOOD.replace("acct_", "acct__"), id="two separators"),
        pytest.param("x_" + GOOD, id="something before"),
        pytest.param(GOOD[:-1], id="too short"),
        pytest.param(GOOD + "0", id="too long"),
        pytest.param(GOOD + "\n", id="a line end"),
        pytest.param(" " + GOOD, id="a space before"),
        pytest.param("acct_8" + "0" * 25, id="more than 128 bits"),
        *(pytest.param(GOOD[:-1] + odd, id=f"the letter {odd}") for odd in "ilouILOU"),
        pytest.param(GOOD[:-1] + "\u212a", id="the Kelvin sign, whose lower case is k"),
        pytest.param(GOOD[:-1] + "\u0663", id="an Arabic digit"),
        pytest.param(GOOD[:-1] + "\x00", id="a NUL"),
        pytest.param(GOOD[:-1] + "\ud800", id="a lone surrogate"),
        pytest.param(str(EXAMPLE), id="the UUID itself"),
    ],
)
def test_what_is_no_public_id_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="acct_ followed by 26 characters") as caught:
        decode_public_id("acct", text)
    assert GOOD not in str(caught.value)


@given(st.text(st.sampled_from(ALPHABET + ALPHABET.upper() + "_iIlLoOuU-\u212a"), max_size=30))
def test_each_id_has_one_public_form_but_for_case(body: str) -> None:
    try:
        value = decode_public_id("p", f"p_{body}")
    except ValueError:
        return
    assert encode_public_id("p", value) == f"p_{body.lower()}"
