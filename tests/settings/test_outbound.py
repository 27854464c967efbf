"""The settings of calls elsewhere."""

from pathlib import Path
from typing import Any, ClassVar

import pytest

from padstone.settings import OutboundSettings


class Settings(OutboundSettings):
    SYSTEM: ClassVar[str] = "caller"


def test_networks_are_read() -> None:
    settings = Settings(OUTBOUND_ALLOWED_NETWORKS=["10.1.0.0/16", "fd00::/8"])
    assert settings.OUTBOUND_ALLOWED_NETWORKS == ["10.1.0.0/16", "fd00::/8"]


@pytest.mark.parametrize("text", ["10.1.0.1/16", "inside", "10.0.0.0/33"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="OUTBOUND_ALLOWED_NETWORKS") as caught:
        Settings(OUTBOUND_ALLOWED_NETWORKS=[text])
    assert text not in str(caught.value)


DEPLOYED: dict[str, Any] = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "k" * 40,
    "ALLOWED_ORIGINS": [],
}


@pytest.mark.parametrize("text", ["127.0.0.0/8", "::1/128", "169.254.0.0/16", "0.0.0.0/0", "::/0"])
def test_a_deployed_system_opens_neither_itself_nor_everything(text: str) -> None:
    with pytest.raises(ValueError, match="OUTBOUND_ALLOWED_NETWORKS"):
        Settings(**DEPLOYED, OUTBOUND_ALLOWED_NETWORKS=[text])
    Settings(OUTBOUND_ALLOWED_NETWORKS=[text])


def test_a_deployed_system_may_open_a_network() -> None:
    Settings(**DEPLOYED, OUTBOUND_ALLOWED_NETWORKS=["10.1.0.0/16"])


def test_authorities_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="OUTBOUND_SSL_ROOT_CERT"):
        Settings(OUTBOUND_SSL_ROOT_CERT=str(tmp_path / "none.pem"))
