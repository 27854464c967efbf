"""A system with users, as the files of its folder, for tests that run it as real processes."""

from collections.abc import Mapping
from pathlib import Path

__all__ = ["ENVIRONMENT", "FILES", "write"]

CONFIG = """\
from typing import ClassVar

from padstone.settings import DatabaseSettings, JobSettings, MailSettings, UserSettings


class Settings(DatabaseSettings, UserSettings, JobSettings, MailSettings):
    SYSTEM: ClassVar[str] = "peopled"


settings = Settings()
"""

MODELS = """\
from uuid import UUID

from padstone.auth.users import LoginAttemptColumns, UserColumns, UserSessionColumns
from padstone.models import Identified, Revisioned, SoftDeleted, TableBase, Timestamped
from padstone.models import new_metadata
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(TableBase, DeclarativeBase):
    metadata = new_metadata()


class User(Identified, UserColumns, Timestamped, Revisioned, SoftDeleted, Base):
    __tablename__ = "users"


class UserSession(Identified, UserSessionColumns, Timestamped, Base):
    __tablename__ = "user_sessions"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)


class LoginAttempt(LoginAttemptColumns, Base):
    __tablename__ = "login_attempts"
"""

REVISION = """\
from alembic import op
from app.models import Base
from padstone.auth.users import SESSION_COLUMNS, USER_COLUMNS
from padstone.migrations import job_tables
from padstone.migrations.triggers import notify_sql, triggers_sql

revision = "0001"
down_revision = None


def upgrade():
    Base.metadata.create_all(op.get_bind())
    for statement in (
        *triggers_sql(Base.metadata),
        *notify_sql("user_sessions", "padstone_user_sessions", "id", on=SESSION_COLUMNS),
        *notify_sql("users", "padstone_users", "id", on=USER_COLUMNS),
        *job_tables.upgrade_sql(),
    ):
        op.get_bind().exec_driver_sql(statement)


def downgrade():
    Base.metadata.drop_all(op.get_bind())
"""

MAIN = """\
from typing import Annotated

from fastapi import APIRouter
from padstone import create_app
from padstone.auth import Requires
from padstone.auth.users import Users, user_routes
from padstone.jobs import Jobs
from padstone.principal import Principal

from app.core.config import settings
from app.models import LoginAttempt, User, UserSession

users = Users(
    model=User,
    session_model=UserSession,
    attempt_model=LoginAttempt,
    roles={"buyer": ["things:read"], "manager": ["things:read", "things:write"]},
    default_role="buyer",
)
things = APIRouter()


@things.get("/things")
async def read_things(principal: Annotated[Principal, Requires("things:read")]) -> str:
    return principal.actor


@things.post("/things")
async def write_things(principal: Annotated[Principal, Requires("things:write")]) -> str:
    return principal.actor


app = create_app(
    settings,
    title="Peopled",
    version="1.0.0",
    routers=[things, user_routes(users)],
    users=users,
    jobs=Jobs(),
)
"""

FILES: Mapping[str, str] = {
    "alembic.ini": "[alembic]\nscript_location = %(here)s/alembic\npath_separator = os\n",
    "alembic/env.py": (
        "from app.core.config import settings\n"
        "from padstone.migrations import run\n\n"
        'run(settings, "app.models")\n'
    ),
    "alembic/versions/0001.py": REVISION,
    "app/__init__.py": "",
    "app/core/__init__.py": "",
    "app/core/config.py": CONFIG,
    "app/models/__init__.py": MODELS,
    "app/main.py": MAIN,
}

ENVIRONMENT = {
    "ENVIRONMENT": "test",
    "MAIL_URL": "smtp://127.0.0.1:9",  # nobody is there: the mails stay in their jobs
    "MAIL_FROM": "peopled@example.com",
    "DATABASE_POOL_MIN_SIZE": "0",
}


def write(folder: Path) -> Path:
    """The system's folder."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder
