"""What is to change of a row."""

from copy import copy
from typing import Any

from pydantic.fields import FieldInfo

from padstone.schemas.body import Body

__all__ = ["Patch"]


class Patch(Body):
    """What is to change: every field may be left out, and keeps its type.

    It is inherited from before the fields: ``class ProductUpdate(Patch, ProductFields)``. What was
    left out is not in ``model_fields_set`` and reads as ``None``; the fields' defaults do not
    apply. A null is refused unless the field's type allows ``None``.
    """

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        """Makes the subclass's fields optional."""
        super().__pydantic_init_subclass__(**options)
        for name, field in cls.__pydantic_fields__.items():
            cls.__pydantic_fields__[name] = _optional(field)
        cls.model_rebuild(force=True)


def _optional(field: FieldInfo) -> FieldInfo:
    # A factory, since a default would stand in the OpenAPI document as if it applied.
    optional = copy(field)
    optional.default_factory = _nothing
    optional.default = FieldInfo().default
    optional.validate_default = False
    return optional


def _nothing() -> None:
    return None
