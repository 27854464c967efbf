"""The column type of sealed secrets."""

from typing import Any

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from padstone.crypto.ciphertext import Ciphertext

__all__ = ["Encrypted"]


class Encrypted(TypeDecorator[Ciphertext]):
    """A ``bytea`` whose value is a ``Ciphertext``. Nothing else can be written into it.

    ::

        secret: Mapped[Ciphertext] = mapped_column(Encrypted())

    A comparison with it finds nothing: the same text is sealed differently each time.
    """

    impl = LargeBinary
    cache_ok = True
    # The touch trigger lets a rotation write it without a new revision, see migrations.triggers.
    is_rewritten = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        if value is None:
            return None
        if not isinstance(value, Ciphertext):
            raise TypeError("A column of secrets takes what KeyRing.seal made, and nothing else.")
        return value.blob

    def process_result_value(self, value: Any, dialect: Dialect) -> Ciphertext | None:  # noqa: ARG002
        return None if value is None else Ciphertext(value)
