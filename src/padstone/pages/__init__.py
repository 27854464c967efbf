"""Long lists, a page at a time: by cursor, whose cost does not grow with depth, or by offset.

::

    @router.get("/things")
    async def list_things(
        session: ReadSessionDep, params: CursorDep, signer: CursorSignerDep
    ) -> Page[ThingRead]:
        things, next_cursor = await paginate(
            session,
            select(Thing).where(Thing.owner_id == owner),
            order_by=[(Thing.created_at, "desc")],
            params=params,
            signer=signer,
            scope=("things", owner),
        )
        return Page[ThingRead].by_cursor(things, next_cursor, params)
"""

from padstone.pages.cursors import BadCursorError, CursorSigner
from padstone.pages.dependencies import CursorSignerDep
from padstone.pages.keyset import Direction, Keyset, OrderBy, paginate
from padstone.pages.offset import paginate_by_offset
from padstone.pages.page import Page
from padstone.pages.params import CursorDep, CursorParams, OffsetDep, OffsetParams

__all__ = [
    "BadCursorError",
    "CursorDep",
    "CursorParams",
    "CursorSigner",
    "CursorSignerDep",
    "Direction",
    "Keyset",
    "OffsetDep",
    "OffsetParams",
    "OrderBy",
    "Page",
    "paginate",
    "paginate_by_offset",
]
