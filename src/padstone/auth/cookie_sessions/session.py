"""One browser's session, as it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

from padstone.auth.users.sessions import Device

__all__ = ["BrowserSession"]


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """Whose it is, from where, and how long it lives. ``digest`` is that of its secret."""

    id: UUID
    user_id: UUID
    generation: int
    digest: bytes = field(repr=False)
    device: Device
    created_at: datetime
    seen_at: datetime
    ends_at: datetime

    def expires_at(self, idle: timedelta) -> datetime:
        """When it ends unless it is used."""
        return min(self.seen_at + idle, self.ends_at)

    def seen(self, now: datetime) -> Self:
        """The session as it is once it was used."""
        return replace(self, seen_at=now)

    def written(self) -> list[str | bytes]:
        """As the fields of a hash in Redis: names and values in turn."""
        return [
            *("user_id", self.user_id.bytes),
            *("generation", str(self.generation)),
            *("digest", self.digest),
            *("user_agent", self.device.user_agent or ""),
            *("address", self.device.address or ""),
            *("created_at", _number(self.created_at)),
            *("seen_at", _number(self.seen_at)),
            *("ends_at", _number(self.ends_at)),
        ]

    @classmethod
    def read(cls, session_id: UUID, fields: Mapping[bytes, bytes]) -> Self:
        """From the fields of a hash in Redis."""
        return cls(
            id=session_id,
            user_id=UUID(bytes=fields[b"user_id"]),
            generation=int(fields[b"generation"]),
            digest=fields[b"digest"],
            device=Device(
                fields[b"user_agent"].decode() or None, fields[b"address"].decode() or None
            ),
            created_at=_time(fields[b"created_at"]),
            seen_at=_time(fields[b"seen_at"]),
            ends_at=_time(fields[b"ends_at"]),
        )


def _number(time: datetime) -> str:
    return f"{time.timestamp():.6f}"


def _time(number: bytes) -> datetime:
    return datetime.fromtimestamp(float(number), UTC)
