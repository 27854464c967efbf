"""Settings of a system that calls services elsewhere."""

import os
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

from pydantic import Field, field_validator

from padstone.settings.base import Settings
from padstone.settings.problems import SettingProblem

__all__ = ["OutboundSettings"]


class OutboundSettings(Settings):
    """Calls by HTTP to services elsewhere, and to addresses that users supply."""

    OUTBOUND_CONNECT_TIMEOUT_SECONDS: float = Field(
        5.0, gt=0, description="How long finding and reaching a service elsewhere may take."
    )
    OUTBOUND_SILENCE_TIMEOUT_SECONDS: float = Field(
        30.0, gt=0, description="How long it may send nothing, once it is reached."
    )
    OUTBOUND_TIMEOUT_SECONDS: float = Field(
        60.0, gt=0, description="How long one call may take, with every attempt and redirect."
    )
    OUTBOUND_MAX_CONNECTIONS: int = Field(
        100, ge=1, le=10_000, description="The most connections of one process to services."
    )
    OUTBOUND_RETRIES: int = Field(
        2, ge=0, le=10, description="How often a call is repeated where that is safe."
    )
    OUTBOUND_MAX_PAUSE_SECONDS: float = Field(
        10.0, ge=0, description="The longest Retry-After that is waited for; else the call ends."
    )
    OUTBOUND_MAX_BYTES: int = Field(
        10 * 1024 * 1024, ge=1, description="The largest answer that is read whole."
    )
    OUTBOUND_MAX_REDIRECTS: int = Field(
        5, ge=0, le=20, description="How many redirects an address from a user may take."
    )
    OUTBOUND_ALLOWED_NETWORKS: list[str] = Field(
        [],
        description="Internal networks that addresses from users may lead to, such as 10.1.0.0/16.",
    )
    OUTBOUND_SSL_ROOT_CERT: str | None = Field(
        None, description="File with the authorities of those services; empty: the machine's own."
    )

    @field_validator("OUTBOUND_ALLOWED_NETWORKS")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        return [str(_network(text)) for text in value]

    def problems(self) -> Iterator[SettingProblem]:
        yield from super().problems()
        for text in self.OUTBOUND_ALLOWED_NETWORKS if self.is_deployed else ():
            network = _network(text)
            if network.is_loopback or network.is_link_local or network.prefixlen == 0:
                yield SettingProblem(
                    "OUTBOUND_ALLOWED_NETWORKS",
                    "opens this machine, its link or everything to addresses from users; "
                    "name the networks that are meant.",
                )
        if self.OUTBOUND_SSL_ROOT_CERT and not os.access(self.OUTBOUND_SSL_ROOT_CERT, os.R_OK):
            yield SettingProblem("OUTBOUND_SSL_ROOT_CERT", "is not a file that can be read.")


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError("has an entry that is no network; write 10.1.0.0/16") from None
