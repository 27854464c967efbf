"""What is to change of a row."""

from collections.abc import Mapping
from copy import copy
from typing import Any, ClassVar

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

from padstone.schemas.body import Body

__all__ = ["Patch"]


class Patch(Body):
    """What is to change: every field may be left out, and keeps its type.

    It is inherited from before the fields: ``class ProductUpdate(Patch, ProductFields)``. What was
    left out is not in ``model_fields_set`` and reads as ``None``; the fields' defaults do not
    apply. A null is refused unless the field's type allows ``None``.

    Rules that span fields (``@model_validator(mode="after")``) cannot be told from a part of them:
    they wait for ``check``, which sees the row as the change would leave it.
    """

    RULES: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        """Makes the subclass's fields optional."""
        super().__pydantic_init_subclass__(**options)
        for name, field in cls.__pydantic_fields__.items():
            cls.__pydantic_fields__[name] = _optional(field)
        validators = cls.__pydantic_decorators__.model_validators
        cls.RULES = tuple(name for name, found in validators.items() if found.info.mode == "after")
        for name in cls.RULES:
            del validators[name]
        cls.model_rebuild(force=True)

    def check(self, present: Mapping[str, Any]) -> "Patch":
        """The whole, of what is sent and of ``present`` values, as the rules leave it.

        Present values are not validated again: they were, by the rules of their time. Raises
        pydantic's ``ValidationError``.
        """
        given = {name: getattr(self, name) for name in self.model_fields_set}
        whole = type(self).model_construct(set(given), **{**present, **given})
        for rule in self.RULES:
            try:
                whole = getattr(whole, rule)()
            except (ValueError, AssertionError) as error:
                raise self._refused(error) from error
        return whole

    def _refused(self, error: Exception) -> ValidationError:
        # As pydantic itself reports what a validator of the whole model raises.
        kind: Any = "assertion_error" if isinstance(error, AssertionError) else "value_error"
        details = InitErrorDetails(type=kind, loc=(), input=None, ctx={"error": error})
        if isinstance(error, PydanticCustomError):
            details = InitErrorDetails(type=error, loc=(), input=None)
        return ValidationError.from_exception_data(type(self).__name__, [details])


def _optional(field: FieldInfo) -> FieldInfo:
    # A factory, since a default would stand in the OpenAPI document as if it applied.
    optional = copy(field)
    optional.default_factory = _nothing
    optional.default = FieldInfo().default
    optional.validate_default = False
    return optional


def _nothing() -> None:
    return None
