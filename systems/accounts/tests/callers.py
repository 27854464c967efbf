"""Who calls in the tests: an account and one of its keys."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.models import Account
from padstone.ids import encode_public_id

MakeCaller = Callable[..., Awaitable["Caller"]]


@dataclass(frozen=True)
class Caller:
    """An account and one of its keys."""

    account: Account
    secret: str
    key_id: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}

    @property
    def public_id(self) -> str:
        return encode_public_id("acct", self.account.id)
