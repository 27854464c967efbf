"""Rules that span several fields, held against the row as a change would leave it."""

from typing import Any

import pydantic

from padstone.errors import ValidationError
from padstone.problems import field_error
from padstone.resource.columns import columns_of
from padstone.resource.declaration import Declaration
from padstone.schemas import Patch

__all__ = ["merged"]


def merged(declared: Declaration, row: Any, body: pydantic.BaseModel) -> pydantic.BaseModel:
    """``body``, after its rules have seen it together with the row's own values.

    The last day of a range that is sent alone is held against the first one that is stored. Raises
    ``padstone.errors.ValidationError``.
    """
    if not isinstance(body, Patch) or not body.RULES:
        return body
    names = type(body).model_fields.keys() & columns_of(declared.model).keys()
    try:
        return body.check({name: getattr(row, name) for name in names})
    except pydantic.ValidationError as error:
        found = [{**item, "loc": ("body", *item["loc"])} for item in error.errors()]
        raise ValidationError(errors=[field_error(item) for item in found]) from error
