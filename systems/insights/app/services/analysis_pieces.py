"""The pieces of an analysis: planned once, and counted."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Analysis, AnalysisPart, File
from app.services.analysis_material import pinned_versions
from app.services.sources import Source, pieces_of, read_text
from padstone.ids import new_id
from padstone.storage import Storage

__all__ = ["parts_of", "plan", "progress_of", "sources_of"]


async def plan(
    session: AsyncSession, analysis: Analysis, sources: Sequence[Source], size: int
) -> None:
    pieces = list(pieces_of(sources, size))
    for version in await pinned_versions(session, analysis.id):
        for number, (slices, length) in enumerate(pieces, start=1):
            session.add(
                AnalysisPart(
                    id=new_id(),
                    analysis_id=analysis.id,
                    prompt_version_id=version.id,
                    number=number,
                    slices=[one.as_json() for one in slices],
                    size=length,
                )
            )
    await session.flush()


def parts_of(analysis_id: UUID) -> Any:
    return (
        select(AnalysisPart.id)
        .where(AnalysisPart.analysis_id == analysis_id)
        .order_by(AnalysisPart.number, AnalysisPart.id)
    )


async def progress_of(session: AsyncSession, analysis_id: UUID) -> tuple[int, int]:
    """How many parts are answered, and how many there are."""
    found = await session.execute(
        select(func.count(AnalysisPart.answered_at), func.count()).where(
            AnalysisPart.analysis_id == analysis_id
        )
    )
    done, total = found.one()
    return done, total


async def sources_of(storage: Storage, files: Sequence[File]) -> list[Source]:
    found = []
    for file in files:
        text = await read_text(storage, file)
        if text:
            found.append(Source(file.id, file.path, text))
    return found
