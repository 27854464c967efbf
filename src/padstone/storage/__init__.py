"""Objects in S3, or in whatever speaks its protocol. Presigned URLs first, streams where needed.

A client uploads and downloads by a presigned URL and the bytes never pass the application; ``put``
and ``get`` are for what the application itself makes or reads. What is known of an object (its
owner, name, type, size and hash) lives in PostgreSQL, under a key that is a flat UUID and is never
written twice: storages differ in everything else.
"""

from padstone.storage.dependencies import StorageDep, storage_of
from padstone.storage.downloads import Download
from padstone.storage.failures import ObjectNotFoundError, StorageUnavailableError
from padstone.storage.objects import ObjectInfo, Stored
from padstone.storage.presigned import PresignedDownload, PresignedUpload
from padstone.storage.storage import Storage
from padstone.storage.uploads import SizeMismatchError

__all__ = [
    "Download",
    "ObjectInfo",
    "ObjectNotFoundError",
    "PresignedDownload",
    "PresignedUpload",
    "SizeMismatchError",
    "Storage",
    "StorageDep",
    "StorageUnavailableError",
    "Stored",
    "storage_of",
]
