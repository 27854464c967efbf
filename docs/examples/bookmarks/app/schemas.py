import uuid

from pydantic import BaseModel, ConfigDict, Field


class UserCreate(BaseModel):
    email: str


class UserCreated(BaseModel):
    id: uuid.UUID
    token: str


class BookmarkCreate(BaseModel):
    url: str
    title: str = Field(min_length=1)


class BookmarkRead(BookmarkCreate):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
