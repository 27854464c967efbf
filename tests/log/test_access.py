"""The line made by hand is the line that structlog makes."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from padstone import log
from padstone.log import access as module
from padstone.log.access import ACCESS
from padstone.testing.logs import logging_kept

CANARY = "c4n4ry"

FIELDS: dict[str, Any] = {
    "method": "GET",
    "path": "/things/1",
    "route": "/things/{id}",
    "status": 200,
    "duration_ms": 1.25,
    "bytes": 12,
    "client": "127.0.0.1",
    "request_id": "0123456789abcdef",
}

secrets = st.sampled_from(
    [
        f"sk_live_{CANARY}",
        f"SK_TEST_{CANARY}",
        f"Bearer {CANARY}",
        f"eyJhbGciOiJIUzI1NiJ9.{CANARY}.{CANARY}",
        f"EYJhbGciOiJIUzI1NiJ9.{CANARY}.{CANARY}",
        f"rt_{'A' * 60}{CANARY}",
        f"cs_{'A' * 60}{CANARY}",
        f"redis://:{CANARY}@cache.example",
        f"cookie: a=b; sid={CANARY}",
        f"X-API-Key:{CANARY}",
        f"access_token={CANARY}",
        f"'password': '{CANARY}'",
        f'"password": "{CANARY}"',
    ]
)
# Generated texts may hold constants of the code under test and of this file.
texts = (
    st.text(st.characters(), max_size=30) | st.text("/_-.:=@'\"\\abyj019", max_size=30)
).filter(lambda text: CANARY not in text)
places = st.builds("/".join, st.lists(texts | secrets, max_size=3)).map(lambda text: f"/{text}")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    with logging_kept():
        yield
    structlog.contextvars.clear_contextvars()


def written(stream: io.StringIO) -> list[tuple[str, Any]]:
    """The one line's entries in their order, without what it says of the time."""
    text = stream.getvalue()
    stream.seek(0)
    stream.truncate()
    assert text.count("\n") == 1
    entries = list(json.loads(text).items())
    assert entries[-1][0] == "time"
    return entries[:-1]


@given(
    method=st.sampled_from(["GET", "POST"]) | texts,
    path=places,
    route=st.sampled_from(["/things/{id}", "unmatched", "/auth/cookie"]) | places,
    client=st.none() | st.ip_addresses().map(str) | places,
    request_id=places,
    actor=st.none() | st.just("api_key:0192f0a0-ac96-774b-bcce-b302099a8057") | places,
    numbers=st.tuples(st.integers(100, 599), st.floats(0, 1e6), st.integers(0, 2**53)),
)
def test_both_write_the_same_and_no_secret(numbers: tuple[int, float, int], **texts: Any) -> None:
    if texts["actor"] is None:
        del texts["actor"]
    status, milliseconds, size = numbers
    given_fields = {"status": status, "duration_ms": round(milliseconds, 2), "bytes": size}
    order = [*FIELDS, "actor"]
    fields = {name: (texts | given_fields)[name] for name in order if name in texts | given_fields}
    stream = io.StringIO()
    log.configure(stream=stream)
    module._by_structlog(dict(fields))
    theirs = written(stream)
    ACCESS._by_hand(dict(fields))
    ours = written(stream)
    assert ours == theirs
    assert CANARY not in str(ours)


def test_it_is_made_by_hand_as_long_as_nothing_was_changed() -> None:
    stream = io.StringIO()
    log.configure(stream=stream)
    assert ACCESS.writer() == ACCESS._by_hand
    with capture_logs() as lines:
        write = ACCESS.writer()
        assert write is not None
        write(dict(FIELDS))
    assert lines == [{**FIELDS, "event": "request", "log_level": "info"}]
    assert stream.getvalue() == ""
    assert ACCESS.writer() == ACCESS._by_hand
    structlog.configure(processors=[*structlog.get_config()["processors"]])
    assert ACCESS.writer() == ACCESS._by_hand
    structlog.configure(processors=[lambda *_: "mine"])
    write = ACCESS.writer()
    assert write is not None
    write(dict(FIELDS))
    assert stream.getvalue() == "mine\n"


@pytest.mark.parametrize("form", ["json", "console"])
def test_where_the_level_leaves_it_out_none_is_made(form: Any) -> None:
    log.configure(level="WARNING", form=form, stream=io.StringIO())
    assert ACCESS.writer() is None


def test_for_people_structlog_writes_it() -> None:
    stream = io.StringIO()
    log.configure(form="console", stream=stream)
    write = ACCESS.writer()
    assert write is not None
    write(dict(FIELDS))
    assert "[info" in stream.getvalue()
    assert "path=/things/1" in stream.getvalue()


def test_what_the_application_has_bound_is_part_of_it() -> None:
    stream = io.StringIO()
    log.configure(stream=stream)
    with structlog.contextvars.bound_contextvars(tenant="a", password=CANARY, path="/other"):
        ACCESS._by_hand(dict(FIELDS))
    entries = dict(written(stream))
    assert (entries["tenant"], entries["path"]) == ("a", "/things/1")
    assert entries["password"] == "[redacted]"


def test_an_actor_whom_only_the_context_knows_is_told() -> None:
    stream = io.StringIO()
    log.configure(stream=stream)
    with structlog.contextvars.bound_contextvars(actor="somebody"):
        ACCESS._by_hand(dict(FIELDS))
    assert dict(written(stream))["actor"] == "somebody"


def test_the_time_is_as_in_other_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    for now, expected in (
        (1_800_000_000.0, "2027-01-15T08:00:00.000000Z"),
        (1_800_000_000.25, "2027-01-15T08:00:00.250000Z"),
        (1_800_000_001.5, "2027-01-15T08:00:01.500000Z"),
        (1_799_999_999.5, "2027-01-15T07:59:59.500000Z"),  # the clock was set back
    ):
        monkeypatch.setattr("padstone.log.access.time.time", lambda now=now: now)
        assert ACCESS._now() == expected
