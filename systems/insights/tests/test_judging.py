"""F10: files in pieces, a model's answer read, and pieces put together."""

from typing import Any
from uuid import UUID

import pytest
from analysing import judged, results
from hypothesis import given
from hypothesis import strategies as some

from app.core.exceptions import AnswerUnusableError
from app.core.vocabulary import Verdict
from app.models import PromptVersion
from app.services.aggregation import Judged, combine
from app.services.judging import Judgement, read_answer
from app.services.sources import Slice, Source, as_prompt, pieces_of
from padstone.providers import Choice, Completion, Reply

VERSION = PromptVersion(
    content="Judge.",
    criteria=[{"key": key, "title": key.title(), "question": "?"} for key in ("tests", "names")],
)
TEXTS = some.lists(some.text(alphabet="ab\n", max_size=200), max_size=5)


def completion(text: str) -> Completion:
    choice = Choice(message=Reply(content=text))
    return Completion(id="x", created=0, model="m", choices=[choice])


@given(TEXTS, some.integers(1, 80))
def test_f10_every_line_is_read_once_and_no_piece_is_too_large(texts: list[str], size: int) -> None:
    sources = [Source(UUID(int=n), f"{n}.py", text) for n, text in enumerate(texts)]
    pieces = list(pieces_of(sources, size))
    read = {
        (one.file_id, number)
        for slices, _ in pieces
        for one in slices
        for number in range(one.first, one.last + 1)
    }
    lines = {(one.file_id, n + 1) for one in sources for n in range(len(one.text.splitlines()))}
    assert read == lines
    assert sum(one.last - one.first + 1 for slices, _ in pieces for one in slices) == len(lines)
    assert all(0 < length <= size for _, length in pieces)
    # Of two pieces that follow each other the second would not have fitted into the first, so that
    # there are never more than what is set aside for them.
    total = sum(len(text) for text in texts)
    assert len(pieces) <= 2 * (total // size + 1)


def test_f10_lines_are_numbered_as_in_the_file() -> None:
    text = "one\ntwo\nthree\n"
    slices = [Slice(UUID(int=1), "a.py", 2, 3)]
    assert as_prompt(slices, {UUID(int=1): text}, 3) == "=== a.py\n    2  two\n    3  thr"


@pytest.mark.parametrize("around", ["{}", "```json\n{}\n```", "Here you are: {} Bye."])
def test_f10_an_answer_is_read_whatever_stands_around_it(around: str) -> None:
    text = around.replace("{}", results(judged("names", "not_met", 0), judged("colours")))
    tests, names = read_answer(VERSION, completion(text))
    assert (tests.verdict, tests.score, tests.summary) == ("not_applicable", None, "Not judged.")
    assert (names.verdict, names.score) == ("not_met", 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I cannot do that.",
        "{}",
        "[]",
        '{"results": 7}',
        '{"results": [{"criterion": "tests", "verdict": "great"}]}',
        results(judged("tests", score=101)),
        "{" * 100_000,
        '{"results": ' + "[" * 100_000 + "}",
    ],
)
def test_f10_what_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(AnswerUnusableError):
        read_answer(VERSION, completion(text))


def test_f10_long_texts_are_cut() -> None:
    long = judged("tests", summary="x" * 9_000, findings=[{"text": "y" * 9_000}])
    tests, _ = read_answer(VERSION, completion(results(long)))
    assert (len(tests.summary), len(tests.findings[0].text)) == (4_000, 2_000)


def pieces(*said: tuple[str, int | None, int]) -> list[Judged]:
    return [
        Judged(Judgement.model_validate(judged("tests", verdict, score)), size)
        for verdict, score, size in said
    ]


@pytest.mark.parametrize(
    ("said", "verdict", "score"),
    [
        ([("met", 100, 1)], "met", 100),
        ([("met", 100, 1), ("met", 0, 3)], "met", 25),
        ([("met", 100, 1), ("not_met", 0, 1)], "partly_met", 50),
        ([("not_met", 0, 1), ("not_met", 10, 1)], "not_met", 5),
        ([("met", None, 9), ("not_applicable", 3, 1)], "met", None),
        ([("not_applicable", None, 1), ("not_applicable", None, 1)], "not_applicable", None),
    ],
)
def test_f10_pieces_are_put_together(said: Any, verdict: str, score: int | None) -> None:
    combined = combine(pieces(*said), most_findings=5)
    assert (combined.verdict, combined.score) == (Verdict(verdict), score)


def test_f10_the_worst_findings_are_kept_and_none_twice() -> None:
    found = [
        {"severity": severity, "path": "a.py", "line": line, "text": "x"}
        for severity, line in (("info", 1), ("critical", 9), ("minor", 2), ("critical", 3))
    ]
    both = [Judged(Judgement.model_validate(judged("tests", findings=found)), 1)] * 2
    combined = combine(both, most_findings=3)
    assert [(one.severity, one.line) for one in combined.findings] == [
        ("critical", 3),
        ("critical", 9),
        ("minor", 2),
    ]
