"""What an analysis may cost, and what it did: set aside before, taken once, and given back."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import Settings
from app.core.exceptions import NothingToReadError
from app.models import Analysis, AnalysisPart, AnalysisPrompt
from app.services.analysis_material import files_of
from app.services.credit_service import ledger
from padstone.credits import HoldStatus
from padstone.metering import Price

__all__ = ["price", "release", "reserve", "settle"]

_LONGEST = timedelta(days=2)  # credits are set aside for so long at most
_INPUT_OVERHEAD = 8_000  # tokens around the files of one piece: the prompt, the form, the rules


def price(settings: Settings) -> Price:
    """What tokens cost a user."""
    return Price(settings.ANALYSIS_PROMPT_PRICE_MICROS, settings.ANALYSIS_COMPLETION_PRICE_MICROS)


async def reserve(session: AsyncSession, analysis: Analysis, settings: Settings) -> None:
    """Sets aside the most that the analysis can cost in this attempt.

    Raises ``NothingToReadError`` for an upload without files, and ``InsufficientCreditsError``.
    """
    files = files_of(analysis.upload_id).order_by(None).subquery()
    size, count = (
        await session.execute(
            select(func.coalesce(func.sum(files.c.size_bytes), 0), func.count()).select_from(files)
        )
    ).one()
    if not count:
        raise NothingToReadError
    # No token is shorter than a byte, and of two pieces that follow each other one is half full.
    pieces = 2 * (size // settings.ANALYSIS_PIECE_CHARACTERS + 1)
    prompts = await session.scalar(
        select(func.count()).where(AnalysisPrompt.analysis_id == analysis.id)
    )
    cost = price(settings)
    read = size + pieces * _INPUT_OVERHEAD
    written = pieces * settings.ANALYSIS_OUTPUT_TOKENS
    most = (prompts or 0) * -(-(read * cost.prompt + written * cost.completion) // 1_000_000)
    if most:
        hold = await ledger.hold(
            session,
            analysis.user_id,
            most,
            key=f"analysis:{analysis.id}:{analysis.attempt}",
            lifetime=_LONGEST,
            reference=f"Analysis {analysis.name}"[:200],
        )
        analysis.hold_id = hold.id


async def settle(session: AsyncSession, analysis: Analysis, settings: Settings) -> None:
    """Takes from what was set aside what the answers have used, once, and gives back the rest."""
    tokens = (
        await session.execute(
            select(
                func.coalesce(func.sum(AnalysisPart.tokens["prompt"].as_integer()), 0),
                func.coalesce(func.sum(AnalysisPart.tokens["completion"].as_integer()), 0),
            ).where(AnalysisPart.analysis_id == analysis.id)
        )
    ).one()
    analysis.prompt_tokens, analysis.completion_tokens = map(int, tokens)
    if analysis.hold_id is None:
        return
    cost = price(settings)
    used = analysis.prompt_tokens * cost.prompt + analysis.completion_tokens * cost.completion
    hold = await session.get_one(ledger.hold_model, analysis.hold_id)
    amount = min(-(-used // 1_000_000), hold.amount_micros)
    if amount and hold.status == HoldStatus.OPEN:
        await ledger.capture(
            session, analysis.user_id, hold.id, amount, key=f"analysis:{analysis.id}"
        )
        analysis.charged_micros, analysis.hold_id = amount, None
    else:
        await release(session, analysis)


async def release(session: AsyncSession, analysis: Analysis) -> None:
    if analysis.hold_id is None:
        return
    hold = await session.get_one(ledger.hold_model, analysis.hold_id)
    if hold.status == HoldStatus.OPEN:
        await ledger.release(session, analysis.user_id, hold.id)
    analysis.hold_id = None
