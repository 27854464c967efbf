"""Rows as JSON."""

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from padstone.express.fields import Fields
from padstone.express.plain import is_plain, is_transparent

__all__ = ["RowEncoder", "encoder_of"]

Row = Sequence[Any]
Make = Callable[[Row], Any]
Convert = Callable[[Any], Any]

_encode = msgspec.json.Encoder().encode


class RowEncoder:
    """Writes rows as their schema would, and pages as theirs."""

    def __init__(
        self, make: Make, one: Callable[[Any], bytes], many: Callable[[dict[str, Any]], bytes]
    ) -> None:
        self._make = make
        self._one = one
        self._many = many

    def one(self, row: Row) -> bytes:
        """A single row."""
        return self._one(self._make(row))

    def page(self, rows: Sequence[Row], **about: Any) -> bytes:
        """A page; ``about`` is what its model says besides its items."""
        make = self._make
        return self._many({"items": [make(row) for row in rows], **about})


def encoder_of(fields: Fields, page: type[BaseModel] | None = None) -> RowEncoder:
    """The encoder for what ``fields`` select: the fast one where nothing can differ."""
    if is_transparent(fields):
        return RowEncoder(_struct(fields), _encode, _encode)
    schema = TypeAdapter(fields.schema)
    whole: TypeAdapter[Any] = TypeAdapter(page) if page is not None else schema

    def by_schema(values: Any) -> bytes:
        return schema.dump_json(schema.validate_python(values), by_alias=True)

    def by_page(values: Any) -> bytes:
        return whole.dump_json(whole.validate_python(values), by_alias=True)

    return RowEncoder(_mapping(fields), by_schema, by_page)


def _struct(fields: Fields) -> Make:
    """Rows as structs, which the fast encoder writes without asking anybody."""
    kind = msgspec.defstruct(
        fields.schema.__name__,
        [(f"f{place}", Any) for place in range(fields.width)],
        rename=_renaming(fields),
        gc=False,
    )
    width, start = fields.width, fields.width
    parts = []
    for place, inner in fields.nested:
        parts.append((place, start, start + inner.width, _struct(inner)))
        start += inner.width
    readers = [*fields.readers, *_writers(fields)]
    if not (readers or parts):
        return lambda row: kind(*row[:width])

    def make(row: Row) -> Any:
        values = list(row)
        for place, read in readers:
            values[place] = read(values[place])
        for place, begin, end, inside in parts:
            if values[place] is not None:
                values[place] = inside(values[begin:end])
        return kind(*values[:width])

    return make


def _writers(fields: Fields) -> Iterator[tuple[int, Convert]]:
    """What makes of a value that a session would give the one that is written."""
    public = dict(fields.public)
    nested = {place for place, _ in fields.nested}
    for place, info in enumerate(fields.schema.model_fields.values()):
        if place in nested:
            continue
        if not is_plain(info, fields.expressions[place]):
            yield place, _by_field(info)
        elif place in public:
            yield place, _unless_none(public[place])


def _by_field(info: FieldInfo) -> Convert:
    """Pydantic's own JSON of one field, to stand among others as it is."""
    kind: Any = info.annotation
    for mark in info.metadata:
        kind = Annotated[kind, mark]
    field: TypeAdapter[Any] = TypeAdapter(kind)

    def write(value: Any) -> msgspec.Raw:
        return msgspec.Raw(field.dump_json(field.validate_python(value), by_alias=True))

    return write


def _unless_none(convert: Convert) -> Convert:
    return lambda value: None if value is None else convert(value)


def _renaming(fields: Fields) -> dict[str, str]:
    infos = fields.schema.model_fields.items()
    return {
        f"f{place}": info.serialization_alias or info.alias or name
        for place, (name, info) in enumerate(infos)
    }


def _mapping(fields: Fields) -> Make:
    """Rows as the mappings that the schema validates."""
    names, readers, start = fields.names, fields.readers, fields.width
    parts = []
    for place, inner in fields.nested:
        parts.append((names[place], start, start + inner.width, _mapping(inner)))
        start += inner.width

    def make(row: Row) -> dict[str, Any]:
        values = list(row)
        for place, read in readers:
            values[place] = read(values[place])
        made = dict(zip(names, values, strict=False))
        for name, begin, end, inside in parts:
            if made[name] is not None:
                made[name] = inside(values[begin:end])
        return made

    return make
