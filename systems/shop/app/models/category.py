"""Categories: the tree in which products are found."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from padstone.models import Identified, Revisioned, SoftDeleted, Timestamped, unique_living

__all__ = ["Category"]


class Category(Identified, Timestamped, Revisioned, SoftDeleted, Base):
    """A shelf of the shop, within another one or at the top. It is archived, never removed."""

    __tablename__ = "categories"
    __table_args__ = (
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        unique_living("categories", "slug"),
    )

    parent_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("categories.id"), index=True, comment="Empty at the top of the tree."
    )
    slug: Mapped[str] = mapped_column(
        comment="Its name in addresses; unique among living categories."
    )
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    position: Mapped[int] = mapped_column(
        server_default="0", comment="Its place among its siblings, the smallest first."
    )
