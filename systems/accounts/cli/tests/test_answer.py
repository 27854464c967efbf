from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from accounts_cli.answer import Answer
from accounts_cli.errors import UnexpectedAnswerError

MEMBERS = {
    "text": "a",
    "integer": 7,
    "float": 7.0,
    "true": True,
    "moment": "2026-11-20T09:30:00Z",
    "zoneless": "2026-11-20T09:30:00",
    "null": None,
    "texts": ["a", "b"],
    "mixed": ["a", 7],
    "objects": [{"text": "b"}],
}
ANSWER = Answer("https://api.example.com", MEMBERS)


def test_members_are_read_as_what_they_are() -> None:
    moment = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert ANSWER.text("text") == "a"
    assert ANSWER.integer("integer") == 7
    assert ANSWER.moment("moment") == ANSWER.moment("zoneless") == moment
    assert ANSWER.moment("null") is None
    assert ANSWER.texts("texts") == ["a", "b"]
    assert ANSWER.objects("objects")[0].text("text") == "b"


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (Answer.text, "integer"),
        (Answer.text, "missing"),
        (Answer.integer, "text"),
        (Answer.integer, "float"),
        (Answer.integer, "true"),
        (Answer.moment, "text"),
        (Answer.moment, "missing"),
        (Answer.texts, "text"),
        (Answer.texts, "mixed"),
        (Answer.objects, "texts"),
    ],
)
def test_what_they_are_not_is_another_apis_answer(
    read: Callable[[Answer, str], Any], name: str
) -> None:
    with pytest.raises(UnexpectedAnswerError, match=f"has no usable '{name}'"):
        read(ANSWER, name)
