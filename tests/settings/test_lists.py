"""Texts become what a setting's annotation wants."""

from typing import Annotated, Any, Optional

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.settings.lists import read_structure

words = st.lists(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1))


@given(words)
def test_a_list_is_the_same_by_commas_and_as_json(parts: list[str]) -> None:
    assert read_structure(",".join(parts), list[str]) == parts
    assert read_structure(orjson.dumps(parts).decode(), list[str]) == parts


@pytest.mark.parametrize(
    "annotation",
    [list, list[str], set[str], frozenset[str], tuple[str, ...], list[str] | None, Optional[list]],  # noqa: UP045
)
def test_every_kind_of_list(annotation: Any) -> None:
    assert read_structure("a, b", annotation) == ["a", "b"]
    assert read_structure("", annotation) == []


@pytest.mark.parametrize("annotation", [str, str | None, int, Any, Annotated[str, "x"]])
@pytest.mark.parametrize("text", ["a,b", "[a", "", "1"])
def test_other_kinds_stay_as_they_are(annotation: Any, text: str) -> None:
    assert read_structure(text, annotation) == text


def test_mappings_are_json() -> None:
    assert read_structure(' {"a": [1]}', dict[str, Any]) == {"a": [1]}
    assert read_structure('{"a": 1}', dict[str, int] | str) == '{"a": 1}'


@pytest.mark.parametrize(("text", "kind"), [("[canary", list[str]), ("{canary", dict[str, str])])
def test_what_is_no_json_is_refused_without_being_repeated(text: str, kind: Any) -> None:
    with pytest.raises(ValueError, match="such as") as caught:
        read_structure(text, kind)
    assert "canary" not in str(caught.value)
    assert caught.value.__suppress_context__
