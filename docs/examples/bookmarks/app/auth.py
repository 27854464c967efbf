import uuid
from typing import Annotated

from fastapi import Depends, Header, HTTPException
from sqlalchemy import select

from app.core.db import SessionDep
from app.models import User


async def current_user(
    db: SessionDep, x_api_key: Annotated[str | None, Header()] = None
) -> uuid.UUID:
    user = await db.scalar(select(User).where(User.token == x_api_key, User.is_active))
    if user is None:
        raise HTTPException(401, "Could not validate credentials")
    return user.id


CurrentUser = Annotated[uuid.UUID, Depends(current_user)]
