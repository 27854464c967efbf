"""The clients know the settings and nothing else."""

import subprocess
import sys

import pytest

from padstone.settings import StorageSettings
from padstone.storage.clients import make_clients

from .conftest import Options


def test_aws_s_own_configuration_is_not_read(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "there-is-no-such-profile")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://elsewhere.example")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "mars-1")
    quick, patient, presigner = make_clients(StorageSettings(**options))
    for client in (quick, patient, presigner):
        assert client.meta.endpoint_url == options["STORAGE_ENDPOINT_URL"]
        assert client.meta.region_name == "us-east-1"
        client.close()


def test_limits(options: Options) -> None:
    settings = StorageSettings(**options, STORAGE_MAX_CONNECTIONS=3)
    quick, patient, _ = clients = make_clients(settings)
    assert quick.meta.config.max_pool_connections == 3
    assert quick.meta.config.connect_timeout == settings.STORAGE_CONNECT_TIMEOUT_SECONDS
    assert quick.meta.config.read_timeout == settings.STORAGE_READ_TIMEOUT_SECONDS
    assert patient.meta.config.read_timeout > quick.meta.config.read_timeout
    # PROMISES 15: connecting is refused or silence is noticed within two seconds.
    waits = settings.STORAGE_READ_TIMEOUT_SECONDS, settings.STORAGE_CONNECT_TIMEOUT_SECONDS
    assert max(waits) + 0.5 <= 2
    for client in clients:
        client.close()


def test_a_system_without_a_storage_does_not_import_boto3() -> None:
    script = "import sys, padstone.storage; sys.exit('botocore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
