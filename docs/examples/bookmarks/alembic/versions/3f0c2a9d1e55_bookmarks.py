"""bookmarks

Revision ID: 3f0c2a9d1e55
Revises:
Create Date: 2025-03-02 10:14:51.093212

"""

import sqlalchemy as sa
from alembic import op

revision = "3f0c2a9d1e55"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("token"),
    )
    op.create_table(
        "bookmarks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("url"),
    )
    op.create_index(op.f("ix_bookmarks_owner_id"), "bookmarks", ["owner_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_bookmarks_owner_id"), table_name="bookmarks")
    op.drop_table("bookmarks")
    op.drop_table("users")
