import logging
import secrets
import uuid

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from app.auth import CurrentUser
from app.core.db import SessionDep
from app.models import Bookmark, User
from app.schemas import BookmarkCreate, BookmarkRead, UserCreate, UserCreated

log = logging.getLogger(__name__)

app = FastAPI(title="Bookmarks")


@app.exception_handler(SQLAlchemyError)
async def database_failed(_: Request, error: SQLAlchemyError) -> JSONResponse:
    log.error("database error", exc_info=error)
    return JSONResponse({"detail": "Database error"}, status_code=500)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/users", status_code=201)
async def create_user(db: SessionDep, body: UserCreate) -> UserCreated:
    token = secrets.token_urlsafe()
    user = User(email=body.email, token=token)
    db.add(user)
    await db.commit()
    return UserCreated(id=user.id, token=token)


@app.post("/bookmarks", status_code=201, response_model=BookmarkRead)
async def create_bookmark(db: SessionDep, user_id: CurrentUser, body: BookmarkCreate) -> Bookmark:
    bookmark = Bookmark(owner_id=user_id, **body.model_dump())
    db.add(bookmark)
    await db.commit()
    return bookmark


@app.get("/bookmarks/{bookmark_id}", response_model=BookmarkRead)
async def get_bookmark(db: SessionDep, user_id: CurrentUser, bookmark_id: uuid.UUID) -> Bookmark:
    bookmark = await db.get(Bookmark, bookmark_id)
    if bookmark is None or bookmark.owner_id != user_id:
        raise HTTPException(404, "Bookmark not found")
    return bookmark
