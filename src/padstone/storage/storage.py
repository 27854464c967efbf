"""The storage as the rest of an application sees it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import structlog

from padstone.settings import StorageSettings
from padstone.storage.calls import Calls
from padstone.storage.clients import Clients, make_clients
from padstone.storage.downloads import Download, info_of
from padstone.storage.failures import StorageUnavailableError, attempt, is_missing
from padstone.storage.objects import ObjectInfo, Stored, check_content_type, check_key
from padstone.storage.presigned import (
    PresignedDownload,
    PresignedUpload,
    check_size,
    content_disposition,
    presign,
)
from padstone.storage.uploads import Upload

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ObjectTypeDef

__all__ = ["Storage"]

LIST_PAGE = 1000  # the most that S3 lists, or deletes, in one call


class Storage:
    """One bucket.

    Building it connects nothing. Its methods raise ``StorageUnavailableError`` within about two
    seconds where the storage is silent (STORAGE_READ_TIMEOUT_SECONDS and the wait for a free
    connection), and ``ValidationError`` for a key or a type that cannot be.
    """

    def __init__(self, settings: StorageSettings) -> None:
        if settings.STORAGE_ENDPOINT_URL is None:
            raise ValueError("STORAGE_ENDPOINT_URL is not set")
        self._settings = settings
        self._bucket = settings.STORAGE_BUCKET or settings.SYSTEM
        self._calls = Calls(settings.STORAGE_MAX_CONNECTIONS)
        self._made: Clients | None = None

    async def open(self) -> None:
        """Makes the client, and the bucket in development and tests.

        A storage that is down or has no such bucket is only logged: an application goes on without
        its files.
        """
        # In a thread: the client reads a description of S3 that is megabytes long.
        self._made = await asyncio.to_thread(make_clients, self._settings)
        try:
            await self.check()
        except StorageUnavailableError as error:
            structlog.get_logger().warning("storage is not usable yet", reason=error.detail)

    async def close(self) -> None:
        """Waits for the calls that still run and closes every connection."""
        await self._calls.close()
        for client in self._made or ():
            client.close()

    async def check(self) -> None:
        """Asks for the bucket. In development and tests it is made where it is missing."""
        await self._calls.run_beside(self._find_bucket)

    async def put(
        self,
        key: str,
        body: bytes | AsyncIterator[bytes],
        *,
        content_type: str,
        size: int | None = None,
    ) -> Stored:
        """Stores ``body`` under ``key``; beyond 8 MiB in parts, so that memory stays small.

        A body that is not ``size`` bytes long raises ``SizeMismatchError``. After a failure, or a
        cancellation, there is no object and no part is left; an object that was there before may
        still be there.
        """
        check_key(key)
        check_content_type(content_type)
        target = {"Bucket": self._bucket, "Key": key, "ContentType": content_type}
        return await Upload(self._calls, self._clients, target, size).run(body)

    @asynccontextmanager
    async def get(self, key: str) -> AsyncIterator[Download]:
        """Opens the object for reading: ``async with storage.get(key) as download``.

        It occupies one of STORAGE_MAX_CONNECTIONS until the block ends; a client that downloads
        slowly is better served by ``presign_get``. Raises ``ObjectNotFoundError``.
        """
        check_key(key)
        async with self._calls.slot() as slot:
            download = Download(slot, self._clients, self._at(key))
            try:
                await slot.run(download.open)
                yield download
            finally:
                self._calls.tidy_up(download.close)

    async def head(self, key: str) -> ObjectInfo:
        """What the storage knows of the object. Raises ``ObjectNotFoundError``."""
        check_key(key)
        call = partial(attempt, self._clients.quick.head_object, **self._at(key))
        return info_of(key, await self._calls.run(call))

    async def delete(self, key: str) -> None:
        """Deletes the object; it is no error that there is none."""
        check_key(key)
        await self._calls.run(partial(attempt, self._clients.quick.delete_object, **self._at(key)))

    async def list(self, prefix: str = "") -> AsyncIterator[ObjectInfo]:
        """The objects whose keys begin with ``prefix``, in the order of their keys."""
        async for page in self._pages(prefix):
            for found in page:
                yield ObjectInfo(
                    key=found["Key"],
                    size=found["Size"],
                    content_type=None,
                    etag=found["ETag"].strip('"'),
                    modified=found["LastModified"],
                )

    async def delete_prefix(self, prefix: str) -> int:
        """Deletes every object whose key begins with ``prefix``; says how many there were."""
        check_key(prefix)  # an empty one would empty the bucket
        count = 0
        async for page in self._pages(prefix):
            names = {"Objects": [{"Key": found["Key"]} for found in page], "Quiet": True}
            call = partial(
                attempt, self._clients.quick.delete_objects, Bucket=self._bucket, Delete=names
            )
            answer = await self._calls.run(call)
            if answer.get("Errors"):
                raise StorageUnavailableError("The storage did not delete everything.")
            count += len(page)
        return count

    async def presign_put(
        self, key: str, *, content_type: str, size: int, expires: timedelta | None = None
    ) -> PresignedUpload:
        """A URL to which exactly ``size`` bytes of ``content_type`` may be sent.

        It works for the time ``expires``, STORAGE_URL_TTL_SECONDS by default, as often as it is
        used in that time. It needs no answer from the storage.
        """
        check_key(key)
        check_content_type(content_type)
        check_size(size)
        url, expires_at = presign(
            self._clients.presigner,
            "put_object",
            self._lifetime(expires),
            **self._at(key),
            ContentType=content_type,
            ContentLength=size,
        )
        headers = {"Content-Type": content_type, "Content-Length": str(size)}
        return PresignedUpload(url, "PUT", headers, expires_at)

    async def presign_get(
        self,
        key: str,
        *,
        filename: str,
        content_type: str,
        expires: timedelta | None = None,
        disposition: Literal["attachment", "inline"] = "attachment",
    ) -> PresignedDownload:
        """A URL from which the object is read under any ``filename``, as ``content_type``.

        Keep ``attachment`` for what users upload: shown inline, a page or an image with scripts
        would run on the storage's origin.
        """
        check_key(key)
        check_content_type(content_type)
        url, expires_at = presign(
            self._clients.presigner,
            "get_object",
            self._lifetime(expires),
            **self._at(key),
            ResponseContentDisposition=content_disposition(disposition, filename),
            ResponseContentType=content_type,
        )
        return PresignedDownload(url, expires_at)

    @property
    def _clients(self) -> Clients:
        if self._made is None:
            raise RuntimeError("The storage is not open: call `open` first.")
        return self._made

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": key}

    def _lifetime(self, given: timedelta | None) -> timedelta:
        return given or timedelta(seconds=self._settings.STORAGE_URL_TTL_SECONDS)

    async def _pages(self, prefix: str) -> AsyncIterator[Sequence["ObjectTypeDef"]]:
        place: dict[str, Any] = {"Bucket": self._bucket, "Prefix": prefix, "MaxKeys": LIST_PAGE}
        while True:
            call = partial(attempt, self._clients.quick.list_objects_v2, **place)
            answer = await self._calls.run(call)
            if answer.get("Contents"):
                yield answer["Contents"]
            if not answer.get("IsTruncated"):
                return
            place["ContinuationToken"] = answer["NextContinuationToken"]

    def _find_bucket(self) -> None:
        client = self._clients.quick
        try:
            attempt(client.head_bucket, Bucket=self._bucket)
        except Exception as error:
            if not is_missing(error):
                raise
            if self._settings.is_deployed:
                raise StorageUnavailableError("The storage has no such bucket.") from error
            self._make_bucket()

    def _make_bucket(self) -> None:
        client = self._clients.quick
        place: dict[str, Any] = {"Bucket": self._bucket}
        if self._settings.STORAGE_REGION != "us-east-1":  # S3 refuses to be told its default
            region = {"LocationConstraint": self._settings.STORAGE_REGION}
            place["CreateBucketConfiguration"] = region
        known = client.exceptions
        # Another process may be quicker.
        with suppress(known.BucketAlreadyOwnedByYou, known.BucketAlreadyExists):
            client.create_bucket(**place)
