"""What the accounts API can do, one method for each operation that a command uses."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from accounts_cli.answer import Answer
from accounts_cli.client import Client
from accounts_cli.connection import Connection, current, timeout
from accounts_cli.errors import UnexpectedAnswerError

__all__ = ["AccountsApi", "connected"]

_LARGEST_PAGE = 100


class AccountsApi:
    """The API as one key may use it. Every method raises ``CliError``."""

    def __init__(self, client: Client) -> None:
        self.connection = client.connection
        self._client = client

    def validate(self) -> Answer:
        """Whose the key is, and the balance. Every key may ask this, whatever its scopes."""
        return self._client.post("auth/validate")

    def all_keys(self) -> Iterator[Answer]:
        """All keys of the account, the newest first, those that no longer work among them."""
        return self._walk("keys", None)

    def key(self, key_id: str) -> Answer:
        """One key."""
        return self._client.get(f"keys/{key_id}")

    def create_key(
        self, name: str, scopes: list[str], *, live: bool, expires_at: datetime | None
    ) -> Answer:
        """A new key, with its secret."""
        body = {
            "name": name,
            "scopes": scopes,
            "mode": "live" if live else "test",
            "expires_at": expires_at.isoformat() if expires_at else None,
        }
        return self._client.post("keys", body)

    def rename_key(self, key_id: str, name: str) -> Answer:
        """The key under its new name."""
        return self._client.patch(f"keys/{key_id}", {"name": name})

    def rotate_key(self, key_id: str, overlap: timedelta) -> Answer:
        """The key's successor, with its secret; the old one works for ``overlap`` longer."""
        seconds = int(overlap.total_seconds())
        return self._client.post(f"keys/{key_id}/rotate", {"overlap_seconds": seconds})

    def revoke_key(self, key_id: str) -> None:
        """Makes the server refuse the key from now on."""
        self._client.delete(f"keys/{key_id}")

    def credits(self) -> Answer:
        """The balance and what is held."""
        return self._client.get("credits")

    def entries(self, most: int | None) -> Iterator[Answer]:
        """The ledger's entries, the newest first; ``None`` for all of them."""
        return self._walk("credits/entries", most)

    def _walk(self, path: str, most: int | None) -> Iterator[Answer]:
        """The items of a list, page by page, until ``most`` or the end."""
        query: dict[str, str | int] = {}
        left = most
        while left is None or left > 0:
            size = _LARGEST_PAGE if left is None else min(left, _LARGEST_PAGE)
            page = self._client.get(path, limit=size, **query)
            items = page.objects("items")[:size]
            yield from items
            left = None if left is None else left - len(items)
            if page.members.get("next_cursor") is None:
                return
            cursor = page.text("next_cursor")
            if not items or cursor == query.get("cursor"):
                raise UnexpectedAnswerError(page.url, "its list never ends")
            query = {"cursor": cursor}


@contextmanager
def connected(connection: Connection | None = None) -> Iterator[AccountsApi]:
    """The API for one command: at ``connection``, or where the user is logged in."""
    with Client(connection or current(), timeout()) as client:
        yield AccountsApi(client)
