"""The query of a list, as FastAPI would read it."""

from typing import Any, get_origin

from pydantic import BaseModel
from pydantic import ValidationError as SchemaError
from starlette.datastructures import QueryParams

from padstone.errors import ValidationError
from padstone.express.answers import Leave
from padstone.resource import ListQuery, Resource
from padstone.resource.bounded import Bounded

__all__ = ["Queries"]

_LONGEST = 1000  # bytes of a query that are worth remembering


class Queries:
    """Reads queries, and remembers those that come again."""

    def __init__(self, resource: Resource[Any]) -> None:
        self._model = resource.query
        self._several = _several(resource.query)
        self._known: Bounded[bytes, ListQuery] = Bounded(self._read)

    def read(self, raw: bytes) -> ListQuery:
        """The query. Raises ``Leave`` where FastAPI would refuse it."""
        return self._known.get(raw) if len(raw) <= _LONGEST else self._read(raw)

    def _read(self, raw: bytes) -> ListQuery:
        given = QueryParams(raw)
        values = {
            name: given.getlist(name) if name in self._several else given[name] for name in given
        }
        try:
            return self._model.model_validate(values)
        except (SchemaError, ValidationError):
            raise Leave from None


def _several(model: type[BaseModel]) -> frozenset[str]:
    """The parameters that may be given more than once."""
    return frozenset(
        info.alias or name
        for name, info in model.model_fields.items()
        if get_origin(info.annotation) is list
    )
