"""What goes wrong with migrations, said so that a person can mend it."""

from typing import ClassVar

from alembic.util import CommandError

from padstone.errors import PadstoneError

__all__ = ["MigrationError"]


class MigrationError(PadstoneError, CommandError):
    """A migration cannot be written, applied or undone; the message says which, why and the mend.

    It is one of Alembic's errors too, so that the plain ``alembic`` command prints its sentence
    instead of a trace.
    """

    code: ClassVar[str] = "migration_failed"
    detail = "The migration failed."
