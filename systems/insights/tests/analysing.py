"""Uploads, prompts and models for the tests of analyses."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import File, Prompt, PromptVersion, Upload
from app.services.prompt_service import begin_prompt
from padstone.files import FileStatus
from padstone.ids import new_id
from padstone.storage import Storage

__all__ = ["FILES", "judged", "make_prompt", "make_upload", "results"]

FILES = {
    "README.md": "# Orders\n\nA buyer may send back for 30 days.\n",
    "app/orders.py": "def total(lines):\n    return sum(line.price for line in lines)\n",
}


async def make_upload(
    session: AsyncSession,
    storage: Storage,
    user_id: UUID,
    files: Mapping[str, str | bytes] = FILES,
    *,
    status: FileStatus = FileStatus.CLEAN,
    media_type: str = "text/plain",
) -> Upload:
    """An upload as the route would leave it."""
    expires = datetime.now(UTC) + timedelta(days=1)
    upload = Upload(id=new_id(), user_id=user_id, name="a folder", expires_at=expires)
    session.add(upload)
    await session.flush()
    for path, text in files.items():
        content = text.encode() if isinstance(text, str) else text
        key = f"files/{upload.id}/{new_id()}"
        await storage.put(key, content, content_type=media_type)
        session.add(
            File(
                id=new_id(),
                upload_id=upload.id,
                path=path,
                name=path.rsplit("/", 1)[-1],
                media_type=media_type,
                size_bytes=len(content),
                sha256=hashlib.sha256(content).digest(),
                storage_key=key,
                status=status,
                expires_at=expires,
            )
        )
    await session.commit()
    return upload


async def make_prompt(
    session: AsyncSession, slug: str = "quality", criteria: Sequence[str] = ("tests", "names")
) -> tuple[Prompt, PromptVersion]:
    """A prompt with one version, in production."""
    prompt = Prompt(id=new_id(), slug=slug, name=slug.title(), kind="general")
    asked = [{"key": key, "title": key.title(), "question": f"{key}?"} for key in criteria]
    begin_prompt(prompt, content="You review source code.", criteria=asked)
    session.add(prompt)
    await session.commit()
    version = await session.scalar(
        select(PromptVersion).where(PromptVersion.prompt_id == prompt.id)
    )
    assert version is not None
    return prompt, version


def judged(
    criterion: str, verdict: str = "met", score: int | None = 90, **more: Any
) -> dict[str, Any]:
    """What a model may say of a criterion."""
    said = {"summary": f"{criterion} looked at.", "findings": []}
    return {"criterion": criterion, "verdict": verdict, "score": score, **said, **more}


def results(*judgements: dict[str, Any]) -> str:
    """An answer in the agreed form."""
    return json.dumps({"results": list(judgements)})
