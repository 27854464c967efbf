"""Fields of which one may not lie before the other."""

from collections.abc import Sequence
from typing import ClassVar, Self

from pydantic import model_validator

from app.schemas.base import Body
from padstone.errors import FieldError, ValidationError

__all__ = ["Ordered"]


class Ordered(Body):
    """A body in which the second field of a pair is not less than the first; null has no order.

    A patch is held against the row as it would leave it, so that one of two dates may be sent.
    """

    in_order: ClassVar[Sequence[tuple[str, str]]] = ()

    @model_validator(mode="after")
    def _require_order(self) -> Self:
        errors = []
        for first, last in self.in_order:
            before, after = getattr(self, first), getattr(self, last)
            if before is not None and after is not None and after < before:
                errors.append(FieldError(f"body.{last}", f"must not be before {first}", "order"))
        if errors:
            # Ours and not pydantic's, whose error of a whole model would name no field.
            raise ValidationError(errors=errors)
        return self
