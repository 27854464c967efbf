"""Calls are repeated where twice is as good as once, and nowhere else."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx2
import pytest

from padstone.outbound import OutboundUnavailableError
from padstone.outbound.errors import AnswerTooLargeError
from padstone.outbound.retries import Retries


def request(method: str = "GET", **given: Any) -> httpx2.Request:
    return httpx2.Request(method, "https://a.example/", **given)


def rules(method: str = "GET", most: int = 3, longest: float = 10.0, **given: Any) -> Retries:
    return Retries(request(method, **given), most, longest)


def says(status: int, retry_after: str | None = None) -> httpx2.Response:
    headers = {} if retry_after is None else {"retry-after": retry_after}
    return httpx2.Response(status, headers=headers)


def unsent() -> OutboundUnavailableError:
    error = OutboundUnavailableError()
    error.is_unsent = True
    return error


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_what_may_be_done_twice_is(method: str) -> None:
    assert rules(method).after_error(OutboundUnavailableError()) is not None
    assert rules(method).after_answer(says(503)) is not None
    assert rules(method).after_answer(says(429)) is not None


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_what_may_not_be_done_twice_is_not(method: str) -> None:
    assert rules(method).after_error(OutboundUnavailableError()) is None
    for status in (502, 503, 504):
        assert rules(method).after_answer(says(status, "1")) is None
    assert rules(method).after_answer(says(429)) is None


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_what_was_not_done_may_be(method: str) -> None:
    assert rules(method).after_error(unsent()) is not None
    assert rules(method).after_answer(says(429, "1")) is not None


def test_a_key_makes_it_safe() -> None:
    keyed = rules("POST", headers={"Idempotency-Key": "k"})
    assert keyed.after_error(OutboundUnavailableError()) is not None


@pytest.mark.parametrize("status", [200, 301, 400, 401, 404, 409, 500, 501])
def test_an_answer_is_an_answer(status: int) -> None:
    assert rules().after_answer(says(status, "1")) is None


def test_an_answer_that_is_too_large_stays_so() -> None:
    assert rules().after_error(AnswerTooLargeError()) is None


def test_a_body_that_is_made_while_it_is_sent_is_sent_once() -> None:
    async def made() -> AsyncIterator[bytes]:
        yield b"once"

    assert rules("PUT", content=made()).after_error(unsent()) is None


def test_the_pauses_grow_and_end() -> None:
    repeated = rules(most=4)
    pauses = [repeated.after_error(OutboundUnavailableError()) for _ in range(5)]
    for number, pause in enumerate(pauses[:4]):
        assert pause is not None
        assert 0.1 * 2**number <= pause <= 0.3 * 2**number
    assert pauses[4] is None
    assert rules(most=0).after_error(unsent()) is None
    assert rules(longest=0.01).after_error(unsent()) == 0.01


def test_retry_after_is_waited_for_within_a_bound() -> None:
    assert rules().after_answer(says(503, "7")) == 7
    assert rules().after_answer(says(503, "11")) is None
    assert rules().after_answer(says(503, "9" * 400)) is None
    moment = datetime.now(UTC) + timedelta(seconds=8)
    pause = rules().after_answer(says(503, format_datetime(moment, usegmt=True)))
    assert pause is not None
    assert 5 < pause <= 8
    late = format_datetime(moment + timedelta(hours=1), usegmt=True)
    assert rules().after_answer(says(503, late)) is None
    past = format_datetime(moment - timedelta(hours=1), usegmt=True)
    pause = rules().after_answer(says(503, past))
    assert pause is not None
    assert pause < 1


@pytest.mark.parametrize("text", ["soon", "", "-1", "1.5", "٣", "Wed, 99 Foo 2026 99:99:99 GMT"])
def test_retry_after_that_is_none(text: str) -> None:
    pause = rules().after_answer(httpx2.Response(503, headers={"retry-after": text.encode()}))
    assert pause is not None
    assert pause < 1


def test_a_time_without_a_zone_is_utc() -> None:
    moment = datetime.now(UTC) + timedelta(seconds=8)
    pause = rules().after_answer(says(503, moment.strftime("%a, %d %b %Y %H:%M:%S -0000")))
    assert pause is not None
    assert 5 < pause <= 8


OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
BUSY = b"HTTP/1.1 503 Busy\r\nretry-after: 0\r\ncontent-length: 4\r\n\r\nbusy"


async def hang_up(_heard: Any, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def test_a_call_is_repeated(serve: Any, client: Any) -> None:
    service = await serve(hang_up, BUSY, OK)
    assert (await client.request("GET", service.url)).status_code == 200
    assert len(service.heard) == 3


async def test_the_last_answer_is_taken(serve: Any, client: Any) -> None:
    service = await serve(BUSY)
    got = await client.request("GET", service.url, retries=1)
    assert (got.status_code, got.text) == (503, "busy")
    assert len(service.heard) == 2


async def test_a_pause_that_outlasts_the_call_is_not_made(serve: Any, client: Any) -> None:
    service = await serve(BUSY.replace(b": 0", b": 9", 1))
    got = await client.request("GET", service.url, timeout=5)
    assert got.status_code == 503
    assert len(service.heard) == 1


async def test_a_post_that_reached_nobody_is_repeated(serve: Any, client: Any) -> None:
    gone = await serve()
    service = await serve()
    attempts: list[str] = []
    client._observe = lambda _host, outcome, _seconds: attempts.append(outcome)
    url = gone.url.replace(str(gone.port), "1")  # nobody listens there
    with pytest.raises(OutboundUnavailableError) as caught:
        await client.request("POST", url, json={})
    assert caught.value.is_unsent
    assert attempts == ["outbound_unavailable"] * 3
    assert (await client.request("POST", service.url, json={})).status_code == 200
