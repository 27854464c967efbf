"""A small system into which browsers sign in, for the contract's tests of cookies."""

from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from padstone.auth import Requires
from padstone.auth.users import LoginAttemptColumns, UserColumns, Users, UserSessionColumns
from padstone.db import ReadSessionDep, SessionDep
from padstone.errors import NotFoundError
from padstone.models import (
    Identified,
    Revisioned,
    SoftDeleted,
    TableBase,
    Timestamped,
    new_metadata,
)
from padstone.principal import Principal
from padstone.settings import (
    DatabaseSettings,
    JobSettings,
    MailSettings,
    RedisSettings,
    UserSettings,
)
from padstone.testing.contract import World

__all__ = ["Base", "BrowsedSettings", "BrowsedWorld", "Note", "Writer", "routes", "users"]


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class User(Identified, UserColumns, Timestamped, Revisioned, SoftDeleted, Base):
    __tablename__ = "users"


class UserSession(Identified, UserSessionColumns, Timestamped, Base):
    __tablename__ = "user_sessions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)


class LoginAttempt(LoginAttemptColumns, Base):
    __tablename__ = "login_attempts"


class Note(Identified, Timestamped, Base):
    __tablename__ = "notes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]


class BrowsedSettings(DatabaseSettings, UserSettings, JobSettings, MailSettings, RedisSettings):
    SYSTEM: ClassVar[str] = "browsed"


users = Users(
    model=User,
    session_model=UserSession,
    attempt_model=LoginAttempt,
    roles={"reader": ["notes:read"], "writer": ["notes:read", "notes:write"]},
    default_role="writer",
)
Reader = Annotated[Principal, Requires("notes:read")]
Writer = Annotated[Principal, Requires("notes:write")]


class NoteCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, examples=["milk"])


class NoteRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    text: str


async def note_of(session: AsyncSession, principal: Principal, note_id: UUID) -> Note:
    own = select(Note).where(Note.user_id == principal.subject, Note.id == note_id)
    found = await session.scalar(own)
    if found is None:
        raise NotFoundError
    return found


routes = APIRouter(prefix="/notes")


@routes.post("", status_code=201, response_model=NoteRead)
async def create_note(principal: Writer, body: NoteCreate, session: SessionDep) -> Note:
    note = Note(user_id=principal.subject, text=body.text)
    session.add(note)
    await session.flush()
    return note


@routes.get("/{note_id}", response_model=NoteRead)
async def get_note(principal: Reader, note_id: UUID, session: ReadSessionDep) -> Note:
    return await note_of(session, principal, note_id)


@routes.patch("/{note_id}", response_model=NoteRead)
async def change_note(
    principal: Writer, note_id: UUID, body: NoteCreate, session: SessionDep
) -> Note:
    note = await note_of(session, principal, note_id)
    note.text = body.text
    await session.flush()
    return note


class BrowsedWorld(World):
    models = "browsed"
