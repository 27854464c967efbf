"""One reader for all forms, within its limits."""

import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import pytest

from padstone.errors import UnsupportedMediaError
from padstone.transfer import Limits, TransferTooLargeError, read_rows

LONG = b"y" * 1000
FORMS = [
    ("a\n1\n2\n3\n", "text/csv"),
    ('[{"a":1},{"a":2},{"a":3}]', "application/json"),
    ('{"a":1}\n{"a":2}\n{"a":3}\n', "application/x-ndjson"),
]


@pytest.mark.parametrize(("data", "content_type"), FORMS)
async def test_more_rows_than_the_limit_are_refused(
    read: Any, data: str, content_type: str
) -> None:
    assert len(await read(data, content_type, limits=Limits(rows=3))) == 3
    with pytest.raises(TransferTooLargeError, match="more than 2 rows"):
        await read(data, content_type, limits=Limits(rows=2))


@pytest.mark.parametrize(("data", "content_type"), FORMS)
async def test_more_bytes_than_the_limit_are_refused(
    read: Any, data: str, content_type: str
) -> None:
    with pytest.raises(TransferTooLargeError):
        await read(data, content_type, limits=Limits(total_bytes=len(data) - 1))


async def test_another_form_is_refused_before_anything_is_read(read: Any) -> None:
    with pytest.raises(UnsupportedMediaError):
        await read("a\n1\n", "text/plain")


@pytest.mark.parametrize(
    ("before", "row", "content_type"),
    [
        (b"a,b\n", b'"x""%b",2\n' % LONG, "text/csv"),
        (b"[{}", b',{"a":"%b","b":2}' % LONG, "application/json"),
        (b"", b'{"a":"%b","b":2}\n' % LONG, "application/x-ndjson"),
        (b'a,b\n"', b"never closed\n", "text/csv"),
        (b'[{"a":"', b"never closed", "application/json"),
        (b'{"a":"', b"never closed", "application/x-ndjson"),
    ],
)
async def test_memory_does_not_grow_with_the_file(
    before: bytes, row: bytes, content_type: str
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield before
        for _ in range(200):
            yield row * (20_000 // len(row))
        if before.startswith(b"["):
            yield b'"}]' if b'"' in before else b"]"

    limits = Limits(row_size=50_000, rows=10**9)
    tracemalloc.start()
    try:
        async for _ in read_rows(chunks(), content_type, limits=limits):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000, "of a file of four million bytes"
