"""Writing an object: in one piece, or in parts where it is large."""

import hashlib
import threading
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from padstone.errors import FieldError, ValidationError
from padstone.storage.calls import Calls
from padstone.storage.clients import Clients
from padstone.storage.failures import attempt
from padstone.storage.objects import Stored

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

__all__ = ["SizeMismatchError", "Upload"]

PART_BYTES = 8 * 1024 * 1024  # S3 wants 5 MiB at least and 10,000 parts at most


class SizeMismatchError(ValidationError):
    """The body is longer or shorter than announced. Nothing was stored."""

    code = "size_mismatch"
    detail = "The body has another length than was announced."

    def __init__(self, announced: int) -> None:
        message = f"is not {announced} bytes long, as was announced"
        super().__init__(errors=[FieldError("body", message, self.code)])


class Upload:
    """One object on its way. ``target`` is bucket, key and content type, as boto3 names them."""

    def __init__(
        self, calls: Calls, clients: Clients, target: dict[str, Any], size: int | None
    ) -> None:
        self._calls = calls
        self._clients = clients
        self._target = target
        self._announced = size
        self._size = 0
        self._digest = hashlib.sha256()

    async def run(self, body: bytes | AsyncIterator[bytes]) -> Stored:
        """Reads ``body`` to its end and stores it; at most three parts are in memory."""
        async with aclosing(_parts(body)) as parts:
            first = await anext(parts, b"")
            second = await anext(parts, None)
            if second is None:
                etag = await self._in_one_piece(first)
            else:
                etag = await self._in_parts(first, second, parts)
        return Stored(self._target["Key"], self._size, self._digest.digest(), etag.strip('"'))

    async def _in_one_piece(self, content: bytes) -> str:
        self._count(content)
        self._check_end()

        def put() -> str:
            self._digest.update(content)
            return attempt(self._clients.quick.put_object, **self._target, Body=content)["ETag"]

        return await self._calls.run(put)

    async def _in_parts(self, first: bytes, second: bytes, rest: AsyncIterator[bytes]) -> str:
        multipart = _Multipart(self._clients, self._target)
        try:
            await self._calls.run(multipart.create)
            await self._send(multipart, first)
            await self._send(multipart, second)
            async for part in rest:
                await self._send(multipart, part)
            self._check_end()
            return await self._calls.run(multipart.join)
        except BaseException:
            # Also where the caller was cancelled: parts that nobody joins are kept, and paid for.
            self._calls.tidy_up(multipart.abort)
            raise

    async def _send(self, multipart: "_Multipart", part: bytes) -> None:
        self._count(part)

        def send() -> None:
            self._digest.update(part)
            multipart.send(part)

        await self._calls.run(send)

    def _count(self, part: bytes) -> None:
        self._size += len(part)
        if self._announced is not None and self._size > self._announced:
            raise SizeMismatchError(self._announced)

    def _check_end(self) -> None:
        if self._announced is not None and self._size != self._announced:
            raise SizeMismatchError(self._announced)


class _Multipart:
    """S3's upload in parts. Its methods run in threads, one at a time.

    A caller that is cancelled leaves a thread behind; ``abort`` waits for that thread's turn to
    end, so that it finds whatever the thread has made.
    """

    def __init__(self, clients: Clients, target: dict[str, Any]) -> None:
        self._clients = clients
        self._target = target
        self._place = {"Bucket": target["Bucket"], "Key": target["Key"]}
        self._parts: list[CompletedPartTypeDef] = []
        self._aborted = False
        self._turn = threading.Lock()

    def create(self) -> None:
        with self._turn:
            if self._aborted:
                return
            made = attempt(self._clients.quick.create_multipart_upload, **self._target)
            self._place["UploadId"] = made["UploadId"]

    def send(self, content: bytes) -> None:
        with self._turn:
            number = len(self._parts) + 1
            sent = attempt(
                self._clients.quick.upload_part, **self._place, PartNumber=number, Body=content
            )
            self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})

    def join(self) -> str:
        with self._turn:
            return attempt(
                self._clients.patient.complete_multipart_upload,
                **self._place,
                MultipartUpload={"Parts": self._parts},
            )["ETag"]

    def abort(self) -> None:
        with self._turn:
            self._aborted = True
            if "UploadId" in self._place:
                attempt(self._clients.quick.abort_multipart_upload, **self._place)


async def _parts(body: bytes | AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """The body in pieces of ``PART_BYTES``, the last one shorter; an empty body is no piece."""
    if isinstance(body, bytes):
        for start in range(0, len(body), PART_BYTES):
            yield body[start : start + PART_BYTES]
        return
    waiting = bytearray()
    async for chunk in body:
        waiting += chunk
        while len(waiting) >= PART_BYTES:
            yield bytes(waiting[:PART_BYTES])
            del waiting[:PART_BYTES]
    if waiting:
        yield bytes(waiting)
