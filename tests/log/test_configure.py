"""Every line of a process has one shape, whoever wrote it."""

import io
import json
import logging
import math
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from padstone import log

FOREIGN = logging.getLogger("somebody.elses")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Puts the logging of this process back; pytest's own handlers are none of our business."""
    root, level = logging.getLogger(), logging.getLogger().level
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    root.handlers[:] = [
        handler
        for handler in root.handlers
        if not isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
    ]
    root.setLevel(level)
    for logger in logging.Logger.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.setLevel(logging.NOTSET)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Lines:
    def __init__(self, stream: io.StringIO) -> None:
        self.stream = stream

    def all(self) -> list[dict[str, Any]]:
        text = self.stream.getvalue()
        assert text == "" or text.endswith("\n")
        return [json.loads(line) for line in text.split("\n")[:-1]]

    def only(self) -> dict[str, Any]:
        [line] = self.all()
        return line


@pytest.fixture
def lines() -> Lines:
    stream = io.StringIO()
    log.configure(stream=stream)
    return Lines(stream)


def test_a_line_of_ours(lines: Lines) -> None:
    structlog.get_logger().info("paid", amount=5, currency="EUR")
    line = lines.only()
    assert line.pop("time").endswith("Z")
    assert line == {"event": "paid", "level": "info", "amount": 5, "currency": "EUR"}


def test_a_line_of_the_standard_library_has_the_same_shape(lines: Lines) -> None:
    FOREIGN.warning("paid %d %s", 5, "EUR", extra={"order": 7})
    line = lines.only()
    assert line.pop("time").endswith("Z")
    assert line == {
        "event": "paid 5 EUR",
        "level": "warning",
        "logger": "somebody.elses",
        "order": 7,
    }


def test_lines_of_uvicorn_are_brought_in(lines: Lines) -> None:
    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(logging.StreamHandler(io.StringIO()))
    log.configure(stream=lines.stream)
    logger.info("Started", extra={"color_message": "\x1b[36mStarted\x1b[0m"})
    logging.getLogger("uvicorn.access").info("GET / 200")
    line = lines.only()
    assert (line["event"], line["logger"]) == ("Started", "uvicorn.error")
    assert "color_message" not in line


def test_what_is_bound_stands_in_every_line(lines: Lines) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r1", actor="api_key:k1"):
        structlog.get_logger().info("ours")
        FOREIGN.info("theirs")
    structlog.get_logger().info("after")
    ours, theirs, after = lines.all()
    assert (ours["request_id"], ours["actor"]) == ("r1", "api_key:k1")
    assert (theirs["request_id"], theirs["actor"]) == ("r1", "api_key:k1")
    assert "request_id" not in after


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
def test_the_level_holds_for_all(level: Any) -> None:
    lines = Lines(io.StringIO())
    log.configure(level=level, stream=lines.stream)
    logging.getLogger("talkative").setLevel(logging.DEBUG)
    loggers = [structlog.get_logger(), FOREIGN, *map(logging.getLogger, ("talkative", "botocore"))]
    for logger in loggers:
        for method in ("debug", "info", "warning", "error"):
            getattr(logger, method)("x")
    least = logging.getLevelNamesMapping()[level]
    seen = [logging.getLevelNamesMapping()[line["level"].upper()] for line in lines.all()]
    assert min(seen) == least
    count = len([name for name in (10, 20, 30, 40) if name >= least])
    # botocore says nothing below a warning at any level.
    assert len(seen) == 3 * count + min(count, 2)


def test_configuring_again_replaces(lines: Lines) -> None:
    other = Lines(io.StringIO())
    log.configure(stream=other.stream)
    structlog.get_logger().info("ours")
    FOREIGN.info("theirs")
    assert lines.all() == []
    assert [line["event"] for line in other.all()] == ["ours", "theirs"]


def test_the_default_stream_is_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure()
    structlog.get_logger().info("ours")
    captured = capsys.readouterr()
    assert json.loads(captured.err)["event"] == "ours"
    assert captured.out == ""


class TestExceptions:
    def raise_with_locals(self) -> None:
        amount = str(b"c4n4ry", "ascii")
        raise ValueError(f"of {len(amount)} letters, password={amount}")

    @pytest.mark.parametrize("logger", ["ours", "theirs"])
    def test_a_traceback_is_part_of_the_line_and_shows_no_locals(
        self, lines: Lines, logger: str
    ) -> None:
        writer = structlog.get_logger() if logger == "ours" else FOREIGN
        try:
            self.raise_with_locals()
        except ValueError:
            writer.exception("failed")
        line = lines.only()
        assert line["level"] == "error"
        [trace] = line["exception"]
        assert trace["exc_type"] == "ValueError"
        assert trace["exc_value"] == "of 6 letters, password=[redacted]"
        frame = trace["frames"][-1]
        assert frame["name"] == "raise_with_locals"
        assert frame["lineno"] > 0
        assert "c4n4ry" not in json.dumps(line)
        assert "amount" not in json.dumps(frame)

    def test_the_cause_and_a_group_are_told(self, lines: Lines) -> None:
        try:
            try:
                self.raise_with_locals()
            except ValueError as error:
                raise ExceptionGroup("several", [KeyError("a"), TypeError("b")]) from error
        except ExceptionGroup:
            structlog.get_logger().exception("failed")
        group, cause = lines.only()["exception"]
        assert (group["exc_type"], cause["exc_type"]) == ("ExceptionGroup", "ValueError")
        assert [inner[0]["exc_type"] for inner in group["exceptions"]] == ["KeyError", "TypeError"]
        assert all(inner[0]["exc_value"] for inner in group["exceptions"])

    @pytest.mark.parametrize("logger", ["ours", "theirs"])
    def test_for_people_it_is_a_traceback_without_locals(self, logger: str) -> None:
        stream = io.StringIO()
        log.configure(form="console", stream=stream)
        writer = structlog.get_logger() if logger == "ours" else FOREIGN
        try:
            self.raise_with_locals()
        except ValueError:
            writer.exception("failed")
        shown = stream.getvalue()
        assert "Traceback (most recent call last)" in shown
        assert "in raise_with_locals" in shown
        assert "ValueError: of 6 letters, password=[redacted]" in shown
        assert "c4n4ry" not in shown


class TestConsole:
    def test_colour_is_for_terminals(self) -> None:
        for stream, colour in ((io.StringIO(), False), (Terminal(), True)):
            log.configure(form="console", stream=stream)
            structlog.get_logger().info("paid", amount=5)
            FOREIGN.info("paid")
            assert ("\x1b[" in stream.getvalue()) is colour

    def test_a_line_is_in_columns(self) -> None:
        stream = io.StringIO()
        log.configure(form="console", stream=stream)
        structlog.get_logger().info("paid", amount=5, password="c4n4ry")
        line = stream.getvalue()
        assert "[info" in line
        assert "paid" in line
        assert "amount=5" in line
        assert "password=[redacted]" in line


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary()
    | st.uuids()
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.decimals()
    | st.complex_numbers()
    | st.builds(object),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.frozensets(st.text(st.characters()), max_size=3)
        | st.dictionaries(
            st.text(st.characters()) | st.integers() | st.none() | st.tuples(st.integers()),
            inner,
            max_size=3,
        )
    ),
    max_leaves=10,
)


@given(st.text(st.characters()), ANYTHING)
def test_any_value_makes_one_valid_line(event: str, value: Any) -> None:
    lines = Lines(io.StringIO())
    log.configure(stream=lines.stream)
    structlog.get_logger().info(event, value=value)
    FOREIGN.info("%s", event, extra={"value": value})
    ours, theirs = lines.all()
    assert ours["value"] == theirs["value"]
    assert ours["event"] == theirs["event"]
    if event.isascii():
        assert ours["event"] == event
    lines.stream.getvalue().encode()


@pytest.mark.parametrize(
    "text", ["a\nb", "a\r\nb", "\u2028", "\x00", "\ud800", "\udfff\ud800", "\x1b[31m", '"\\']
)
def test_control_characters_and_lone_surrogates_stay_within_the_line(
    lines: Lines, text: str
) -> None:
    log.configure(stream=lines.stream)  # also in place of pytest's handler, which cannot say this
    structlog.get_logger().info(text, value=text, **{f"k{text}": 1})
    FOREIGN.info(text)
    assert len(lines.all()) == 2


def test_numbers_that_json_has_not(lines: Lines) -> None:
    structlog.get_logger().info("x", a=math.nan, b=math.inf, c=2**64, d=-(2**70))
    line = lines.only()
    assert (line["a"], line["b"], line["c"], line["d"]) == (None, None, str(2**64), str(-(2**70)))
