"""Fields of which one may not lie before the other, in a body and in what a change leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from padstone.errors import FieldError, ValidationError

__all__ = ["NotBefore", "require_order"]


@dataclass(frozen=True, slots=True)
class NotBefore:
    """Marks a field that is not less than ``other``, which stands before it; null has no order."""

    other: str

    @property
    def message(self) -> str:
        """What is wrong where it is."""
        return f"must not be before {self.other}"

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_info_after_validator_function(self._check, handler(source))

    def _check(self, value: Any, info: ValidationInfo) -> Any:
        before = info.data.get(self.other)
        if value is not None and before is not None and value < before:
            raise PydanticCustomError("order", self.message)  # type: ignore[arg-type]
        return value


def require_order(schema: type[BaseModel], row: object, changes: Mapping[str, Any]) -> None:
    """Raises ``ValidationError`` where ``changes`` would leave ``row`` out of order.

    A body with one of two fields says nothing of the other; the row does.
    """
    for name, field in schema.model_fields.items():
        for mark in field.metadata:
            if not isinstance(mark, NotBefore) or not {name, mark.other} & set(changes):
                continue
            after = changes.get(name, getattr(row, name))
            before = changes.get(mark.other, getattr(row, mark.other))
            if after is not None and before is not None and after < before:
                named = name if name in changes else mark.other
                message = mark.message if name in changes else f"must not be after {name}"
                raise ValidationError(errors=[FieldError(f"body.{named}", message, "order")])
