"""The bodies of bulk operations: documented like their single rows, and taken apart row by row."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field, GetCoreSchemaHandler, create_model
from pydantic_core import CoreSchema, core_schema

from padstone.resource.declaration import Declaration
from padstone.schemas import Body
from padstone.transfer import TransferMode

__all__ = ["Documented", "bulk_body", "change_schema"]


@dataclass(frozen=True, slots=True)
class Documented:
    """Marks a value that is validated later, by itself, and documented as ``schema``."""

    schema: type[BaseModel]

    def __get_pydantic_core_schema__(
        self, _source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        described = handler.generate_schema(self.schema)
        return core_schema.no_info_wrap_validator_function(_as_it_is, described)


def _as_it_is(value: Any, _validate: Any) -> Any:
    return value


def bulk_body(declared: Declaration, name: str, schema: type[BaseModel]) -> type[BaseModel]:
    """A body with up to ``max_rows`` rows of ``schema``."""
    mode = Field(
        TransferMode.ALL_OR_NOTHING,
        description="Whether one bad row keeps the others from being written.",
    )
    items = Field(
        min_length=1, max_length=declared.max_rows, description="The rows, each by itself."
    )
    rows: Any = list.__class_getitem__(Annotated[Any, Documented(schema)])
    made: type[BaseModel] = create_model(
        name,
        __base__=Body,
        __doc__=f"Many {declared.labels}.",
        mode=(TransferMode, mode),
        items=(rows, items),
    )
    return made


def change_schema(declared: Declaration) -> type[BaseModel]:
    """The update's schema with the id of the row and, where it matters, its revision."""
    update = declared.update
    assert update is not None  # noqa: S101  # the declaration was checked
    revision = Field(
        None, description="The revision that was seen last; where it is another, the row fails."
    )
    fields: dict[str, Any] = {
        "id": (declared.id_type, Field(description=f"Which {declared.label}.")),
        "revision": (int | None, revision),
        **{name: (field.annotation, field) for name, field in update.model_fields.items()},
    }
    doc = f"One {declared.label}, and what is to change of it."
    return create_model(f"{update.__name__}Item", __base__=Body, __doc__=doc, **fields)
