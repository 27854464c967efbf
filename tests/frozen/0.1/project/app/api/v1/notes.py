"""Notes: each user's own."""

from app.core.security import Scope
from app.models.note import Note
from app.schemas.note import NoteCreate, NoteRead, NoteUpdate
from padstone.resource import Guards, Resource

__all__ = ["notes"]

notes = Resource(
    Note,
    create=NoteCreate,
    update=NoteUpdate,
    read=NoteRead,
    owner="user_id",
    guards=Guards(read=[Scope.READ], write=[Scope.WRITE]),
    filters={"title": ["eq", "contains"], "created_at": ["gte", "lt"]},
    sorts=["title", "created_at"],
)
