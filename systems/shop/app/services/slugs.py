"""Slugs: what things are called in addresses."""

import re
import unicodedata
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.ids import new_id

__all__ = ["SLUG_LENGTH", "free_slug", "slug_of"]

SLUG_LENGTH = 80

_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "'": "", "&": " and "}
)


def slug_of(name: str) -> str:
    """``name`` in small letters, digits and hyphens; random where it has none of them."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    slug = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:SLUG_LENGTH].rstrip("-")
    return slug or new_id().hex[-12:]


async def free_slug(session: AsyncSession, model: Any, name: str) -> str:
    """The slug of ``name``, with a number behind it where living rows have it already.

    Two that are made at the same moment may get the same one; the unique index then refuses the
    second.
    """
    slug = slug_of(name)[: SLUG_LENGTH - 4]
    similar = select(model.slug).where(model.slug.startswith(slug, autoescape=True))
    taken = set(await session.scalars(similar))
    numbered = (f"{slug}-{number}" for number in count(2))
    return slug if slug not in taken else next(one for one in numbered if one not in taken)
