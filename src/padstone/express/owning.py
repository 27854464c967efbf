"""The caller's own row, as a prepared statement."""

from sqlalchemy import bindparam, select
from starlette.types import Scope

from padstone.errors import NotFoundError
from padstone.express.answers import Answer, Asked
from padstone.express.body import Body
from padstone.express.encoding import encoder_of
from padstone.express.fields import fields_of
from padstone.express.statement import compiled
from padstone.models import living
from padstone.resource import Declaration, Own
from padstone.resource.reach import SUBJECT

__all__ = ["OwnRow"]


class OwnRow:
    """What stands behind a key or a token."""

    def __init__(self, own: Own) -> None:
        self.ids: tuple[Declaration, ...] = ()
        self.named: Declaration | None = None
        self.writes = False
        fields = fields_of(own.model, own.read)
        self._encoder = encoder_of(fields)
        mine = select(own.model).where(own.key == bindparam(SUBJECT, type_=own.key.type))
        self._statement = compiled(living(fields.select(mine)), [SUBJECT])

    async def prepare(self, _scope: Scope, _body: Body) -> None:
        """It takes what it is sent and looks at none of it."""

    async def answer(self, asked: Asked, _scope: Scope, _prepared: None) -> Answer:
        """The row. Raises ``NotFoundError``."""
        values = self._statement.values({SUBJECT: asked.subject})
        rows = await asked.database.fetch(self._statement.sql, values)
        if not rows:
            raise NotFoundError
        return Answer(200, self._encoder.one(rows[0]), [])
