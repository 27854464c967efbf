"""Secrets for other services, which can be stored and used but not read through the API."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Owned, Record
from padstone.crypto import Ciphertext, Encrypted

__all__ = ["Credential"]


class Credential(Owned, Record):
    """A secret for another service, such as the password of a job board."""

    __tablename__ = "credentials"

    name: Mapped[str] = mapped_column(comment="What its owner calls it.")
    service: Mapped[str] = mapped_column(comment="What it is for: linkedin.com.")
    url: Mapped[str | None] = mapped_column(comment="Where it is entered.")
    username: Mapped[str | None] = mapped_column(comment="The name that goes with it.")
    secret: Mapped[Ciphertext] = mapped_column(
        Encrypted(), comment="The secret, encrypted and bound to this row."
    )
    expires_on: Mapped[date | None] = mapped_column(comment="The last day on which it works.")
    notes: Mapped[str | None] = mapped_column(comment="Its owner's own remarks.")
