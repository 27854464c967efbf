"""URLs by which a client reaches one object for a while, and no other."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from padstone.errors import FieldError, ValidationError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["PresignedDownload", "PresignedUpload", "content_disposition", "presign"]

MAX_LIFETIME = timedelta(days=7)  # what Signature Version 4 allows
MAX_UPLOAD_BYTES = 5 * 1024**3  # S3's own limit for one PUT

# RFC 8187's attr-char, beyond the letters and digits that `quote` keeps by itself.
_KEPT = "!#$&+^`|"


@dataclass(frozen=True, slots=True)
class PresignedUpload:
    """Send the bytes with ``method`` to ``url``, with exactly these ``headers``.

    Size and type are signed: another length or type is refused by the storage. Browsers set
    Content-Length by themselves and let no script do it.
    """

    url: str
    method: str
    headers: dict[str, str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PresignedDownload:
    """GET ``url`` until ``expires_at``, UTC."""

    url: str
    expires_at: datetime


def presign(
    client: "S3Client",
    operation: Literal["get_object", "put_object"],
    lifetime: timedelta,
    **target: Any,
) -> tuple[str, datetime]:
    """A signed URL and the time it works until. Nothing is sent anywhere."""
    if not timedelta(seconds=1) <= lifetime <= MAX_LIFETIME:
        raise ValueError(f"a presigned URL lives from a second to seven days, not {lifetime}")
    seconds = int(lifetime.total_seconds())
    expires_at = datetime.now(UTC) + timedelta(seconds=seconds)
    url = client.generate_presigned_url(operation, Params=target, ExpiresIn=seconds)
    return url, expires_at


def check_size(size: int) -> None:
    """Raises ``ValidationError`` for a size that no single upload can have."""
    if not 0 <= size <= MAX_UPLOAD_BYTES:
        message = f"must be 0 to {MAX_UPLOAD_BYTES} bytes"
        raise ValidationError(errors=[FieldError("size", message)])


def content_disposition(disposition: Literal["attachment", "inline"], filename: str) -> str:
    """The header's value for any file name at all (RFC 6266, RFC 8187).

    Old clients read ``filename``, in which everything doubtful is an underscore; the others read
    ``filename*``, which has the whole name.
    """
    # A path's parts and control characters are no part of a name on any system.
    name = "".join("_" if _is_doubtful(character) else character for character in filename)
    if not name:
        return disposition
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in name)
    encoded = quote(name, safe=_KEPT, errors="replace")
    return f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{encoded}"


def _is_doubtful(character: str) -> bool:
    return character in "/\\" or not character.isprintable()
