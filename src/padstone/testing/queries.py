"""Counting SQL statements, so that a test can say how many a request may cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

__all__ = ["QueryCounter"]


# What only a test sends, to undo itself.
_ISOLATION = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


class QueryCounter:
    """Counts the statements that go through an engine while a block runs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """The block's statements, as they come in."""
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(_ISOLATION):
                seen.append(statement)

        event.listen(self._engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(self._engine, "before_cursor_execute", note)

    @contextmanager
    def at_most(self, count: int) -> Iterator[None]:
        """Fails with the statements' texts where the block sends more than ``count``."""
        with self.counting() as seen:
            yield
        if len(seen) > count:
            listed = "\n".join(f"  {number}. {text}" for number, text in enumerate(seen, 1))
            raise AssertionError(f"{len(seen)} statements where {count} are allowed:\n{listed}")
