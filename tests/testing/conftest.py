"""A whole system in a folder of its own, whose tests use the plugin as anybody's do."""

import pytest

from padstone.testing.services import TestServices

SYSTEM = {
    "app/__init__.py": "",
    "app/core/__init__.py": "",
    "app/core/config.py": """\
from typing import ClassVar
from padstone.settings import DatabaseSettings, MailSettings, RedisSettings


class Settings(DatabaseSettings, MailSettings, RedisSettings):
    SYSTEM: ClassVar[str] = "plugged"


settings = Settings()
""",
    "app/models.py": """\
from padstone.models import Identified, TableBase, new_metadata
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Thing(Base, Identified):
    __tablename__ = "things"
    name: Mapped[str] = mapped_column(unique=True)
""",
    "app/main.py": """\
import os
from fastapi import APIRouter
from padstone import create_app
from padstone.db import ReadSessionDep, SessionDep
from padstone.auth import RateLimited
from padstone.mail import MailerDep, Message
from padstone.redis import RedisDep
from sqlalchemy import func, select
from app.core.config import settings
from app.models import Thing

router = APIRouter()


@router.post("/things/{name}", status_code=201)
async def create(name: str, session: SessionDep) -> str:
    session.add(Thing(name=name))
    return name


@router.get("/things")
async def count(session: ReadSessionDep) -> int:
    return await session.scalar(select(func.count()).select_from(Thing)) or 0


@router.post("/mails/{to}")
async def send(to: str, mailer: MailerDep) -> None:
    await mailer.send(Message(to=to, subject="Hello", text="It is me."))


@router.post("/count", dependencies=[RateLimited("3/day", by="address")])
async def count_up(redis: RedisDep) -> int:
    return await redis.run(lambda it: it.incr(redis.key("count")))


@router.get("/process")
async def process() -> int:
    return os.getpid()


app = create_app(settings, title="Plugged", version="1", routers=[router])
""",
    "alembic.ini": "[alembic]\nscript_location = %(here)s/alembic\npath_separator = os\n",
    "alembic/env.py": (
        "from app.core.config import settings\nfrom padstone.migrations import run\n\n"
        'run(settings, "app.models")\n'
    ),
    "alembic/versions/0001.py": """\
from alembic import op
from app.models import Base

revision, down_revision = "0001", None


def upgrade():
    Base.metadata.create_all(op.get_bind())


def downgrade():
    Base.metadata.drop_all(op.get_bind())
""",
    "pytest.ini": """\
[pytest]
pythonpath = .
addopts =
    --import-mode=importlib --strict-markers
    -p no:schemathesis -p no:hypothesispytest -p no:cacheprovider
asyncio_mode = auto
asyncio_default_fixture_loop_scope = session
asyncio_default_test_loop_scope = session
filterwarnings = error
""",
}


@pytest.fixture
def system(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, test_services: TestServices
) -> pytest.Pytester:
    """The system. Its tests use the services of these tests, so that no others are started."""
    for name, text in SYSTEM.items():
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    given = {
        "DATABASE_URL": test_services.admin_url,
        "REDIS_URL": test_services.redis_url,
        **test_services.storage,
    }
    for name, value in given.items():
        monkeypatch.setenv(f"PADSTONE_TEST_{name}", value)
    return pytester
