"""The storage: whether it answers, lets us in and has the bucket."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from padstone.cli.doctor.finding import Finding
from padstone.cli.doctor.skew import skew
from padstone.settings import StorageSettings
from padstone.storage.clients import make_clients

__all__ = ["storage"]

SUBJECT = "storage"

_UNKNOWN_KEY = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed"}


def storage(settings: StorageSettings) -> list[Finding]:
    """Asks for one object of the bucket, which shows whether address, keys and bucket are right."""
    from botocore.exceptions import BotoCoreError, ClientError

    client = make_clients(settings).quick
    bucket = settings.STORAGE_BUCKET
    try:
        answer: Any = client.list_objects_v2(Bucket=bucket, MaxKeys=1)
    except ClientError as error:
        return [_refused(settings, bucket, error.response), *_clock(error.response)]
    except (BotoCoreError, ValueError) as error:
        return [_unreachable(settings, error)]
    finally:
        client.close()
    found = Finding(SUBJECT, "ok", f"{settings.STORAGE_ENDPOINT_URL} has bucket {bucket!r}.")
    return [found, *_clock(answer)]


def _refused(settings: StorageSettings, bucket: str, response: Any) -> Finding:
    url = settings.STORAGE_ENDPOINT_URL
    code = response["Error"].get("Code", "")
    if code == "NoSuchBucket":
        if not settings.is_deployed:
            return Finding(SUBJECT, "note", f"Bucket {bucket!r} is made at the next start.")
        return Finding(
            SUBJECT,
            "error",
            f"{url} has no bucket {bucket!r}.",
            "Create it, or correct STORAGE_BUCKET.",
        )
    if code in _UNKNOWN_KEY:
        return Finding(
            SUBJECT,
            "error",
            f"{url} refuses the keys ({code}).",
            "Correct STORAGE_ACCESS_KEY, STORAGE_SECRET_KEY and STORAGE_REGION.",
        )
    if code == "AccessDenied":
        return Finding(
            SUBJECT,
            "error",
            f"{url} knows the access key, and does not let it into bucket {bucket!r}.",
            "Give it s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject there.",
        )
    mend = "Correct STORAGE_ENDPOINT_URL, if that is no S3 service; else see its log."
    return Finding(SUBJECT, "error", f"{url} answers {code}.", mend)


def _unreachable(settings: StorageSettings, error: Exception) -> Finding:
    return Finding(
        SUBJECT,
        "error",
        f"{settings.STORAGE_ENDPOINT_URL} does not answer: {error}",
        "Start the storage, or correct STORAGE_ENDPOINT_URL.",
    )


def _clock(response: Any) -> list[Finding]:
    headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    try:
        theirs = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError):  # a storage that does not say what time it is
        return []
    # The header has whole seconds, cut off.
    return [skew("clock of the storage", (theirs - datetime.now(UTC)).total_seconds() + 0.5)]
