"""Whether the database answers."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

__all__ = ["ask_database"]


async def ask_database(session: AsyncSession) -> None:
    """Sends a query and waits for its answer. Raises what the driver does where none comes."""
    await session.execute(text("SELECT 1"))
