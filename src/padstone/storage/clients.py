"""boto3's clients, set up so that they know the settings and nothing else."""

import os
from typing import TYPE_CHECKING, NamedTuple

from padstone.extras import extra
from padstone.settings import StorageSettings

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_s3 import S3Client

__all__ = ["Clients", "make_clients"]

# Joining the parts of a large object takes a storage longer than anything else.
_PATIENCE = 20


class Clients(NamedTuple):
    """``quick`` for nearly everything, ``patient`` for joining, ``presigner`` for URLs."""

    quick: "S3Client"
    patient: "S3Client"
    presigner: "S3Client"


def make_clients(settings: StorageSettings) -> Clients:
    """Makes the clients. It takes a good part of a second and connects to nothing."""
    # Here, since a system without a storage should not pay for the import.
    with extra("s3"):
        import boto3
        import botocore.session
        from botocore.handlers import add_expect_header

    # AWS's own profiles and files may exist on the machine and mean some other storage.
    nowhere = (None, None, os.devnull, None)
    variables = {
        "profile": (None, None, None, None),
        "config_file": nowhere,
        "credentials_file": nowhere,
    }
    session = boto3.session.Session(
        aws_access_key_id=_secret(settings, "STORAGE_ACCESS_KEY"),
        aws_secret_access_key=_secret(settings, "STORAGE_SECRET_KEY"),
        region_name=settings.STORAGE_REGION,
        botocore_session=botocore.session.Session(session_vars=variables),
    )
    # It would wait a second for leave to send, which a silent storage never gives.
    session.events.unregister("before-call.s3", add_expect_header)

    def client(url: str | None, silence: float) -> "S3Client":
        made: S3Client = session.client("s3", endpoint_url=url, config=_config(settings, silence))
        return made

    url, silence = settings.STORAGE_ENDPOINT_URL, settings.STORAGE_READ_TIMEOUT_SECONDS
    presigner = client(settings.STORAGE_PUBLIC_URL or url, silence)
    # The first URL takes a tenth of a second, which the event loop should not spend later.
    presigner.generate_presigned_url("get_object", Params={"Bucket": "any", "Key": "any"})
    return Clients(client(url, silence), client(url, silence * _PATIENCE), presigner)


def _secret(settings: StorageSettings, name: str) -> str | None:
    value = getattr(settings, name)
    return None if value is None else value.get_secret_value()


def _config(settings: StorageSettings, silence: float) -> "Config":
    from botocore.config import Config

    return Config(
        signature_version="s3v4",
        # A bucket in the host name would need a certificate and a DNS entry for each.
        s3={"addressing_style": "path"},
        # Storages other than AWS know few of its newer checksums.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        connect_timeout=settings.STORAGE_CONNECT_TIMEOUT_SECONDS,
        read_timeout=silence,
        max_pool_connections=settings.STORAGE_MAX_CONNECTIONS,
        # `attempt` tries again, and only where it helps.
        retries={"total_max_attempts": 1, "mode": "standard"},
    )
