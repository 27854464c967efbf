"""${message}

Revision ${up_revision}, after ${down_revision or "the empty database" | comma,n}.
"""

% if down_revision:
# A transaction waits 0.1 s for a lock, lets the others pass, and is tried again for a minute. An
# index on a table that has rows is built beside its traffic, in a revision of its own:
#     with op.get_context().autocommit_block():
#         op.create_index(…, postgresql_concurrently=True, if_not_exists=True)
# What else holds a lock for long, `padstone db lint` finds.

% endif
import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
