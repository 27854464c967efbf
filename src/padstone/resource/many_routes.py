"""The routes that take or give many rows: bulk, import and export."""

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Body, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, create_model

from padstone.db import DatabaseDep
from padstone.errors import FieldError
from padstone.resource.bodies import bulk_body, change_schema
from padstone.resource.call import Call
from padstone.resource.errors import RowsRefusedError
from padstone.resource.loading import flat_columns
from padstone.resource.parameters import Endpoint, typed
from padstone.resource.query import Selection
from padstone.schemas import documented
from padstone.transfer import MediaType, TransferMode, TransferReport, read_rows, write_rows

if TYPE_CHECKING:
    from padstone.resource.resource import Resource

__all__ = ["bulk_create", "bulk_update", "export", "import_body", "import_file"]


class ExportFormat(StrEnum):
    """The forms of a file."""

    CSV = "csv"
    JSON = "json"
    NDJSON = "ndjson"

    @property
    def media_type(self) -> MediaType:
        """The same as a media type."""
        return MediaType[self.name]


class ImportQuery(BaseModel):
    """How a file is taken."""

    model_config = ConfigDict(extra="forbid")

    mode: TransferMode = Field(
        TransferMode.ALL_OR_NOTHING,
        description="Whether one bad row keeps the others from being written.",
    )


def bulk_create(resource: "Resource[Any]") -> Endpoint:
    """Makes many rows. Each is validated by itself, and the report has a verdict for each."""
    declared = resource.declaration

    async def bulk_create(call: Call, body: Any) -> TransferReport:
        return _kept(await resource.bulk_create(call, body.items, body.mode), "body.items", 1)

    assert declared.create is not None  # noqa: S101  # the declaration was checked
    schema = bulk_body(declared, f"{declared.model.__name__}BulkCreate", declared.create)
    return typed(bulk_create, body=Annotated[schema, Body()])


def bulk_update(resource: "Resource[Any]") -> Endpoint:
    """Changes many rows, each with its ``id``. The report has a verdict for each."""
    declared = resource.declaration

    async def bulk_update(call: Call, body: Any) -> TransferReport:
        return _kept(await resource.bulk_update(call, body.items, body.mode), "body.items", 1)

    name = f"{declared.model.__name__}BulkUpdate"
    schema = bulk_body(declared, name, change_schema(declared))
    return typed(bulk_update, body=Annotated[schema, Body()])


def import_file(resource: "Resource[Any]") -> Endpoint:
    """Makes the rows of a file, as CSV, a JSON array, or one JSON object a line."""

    async def import_file(
        call: Call, request: Request, query: Annotated[ImportQuery, Query()]
    ) -> TransferReport:
        rows = read_rows(request.stream(), request.headers.get("content-type", ""))
        return _kept(await resource.import_rows(call, rows, query.mode), "rows", 0)

    return import_file


def export(resource: "Resource[Any]") -> Endpoint:
    """All rows that the filters leave, as a file that streams."""
    declared = resource.declaration
    columns = flat_columns(declared.read)
    description = "The form of the file."
    query: type[BaseModel] = create_model(
        f"{declared.model.__name__}ExportQuery",
        __base__=resource.selection,
        format=(ExportFormat, Field(ExportFormat.CSV, description=description)),
    )

    async def export(call: Call, query: Selection, database: DatabaseDep) -> StreamingResponse:
        form = ExportFormat(query.model_dump()["format"])
        rows = resource.export(call, query, database)
        # The first row now, so that what is wrong with the request is not found in mid-stream.
        first = await anext(rows, None)

        async def shown() -> AsyncIterator[BaseModel]:
            if first is not None:
                yield declared.read.model_validate(first)
                async for row in rows:
                    yield declared.read.model_validate(row)

        return StreamingResponse(
            write_rows(shown(), form.media_type, columns=columns),
            media_type=form.media_type.value,
            headers={"Content-Disposition": f'attachment; filename="{declared.plural}.{form}"'},
        )

    return typed(export, query=Annotated[query, Query()])


def import_body(resource: "Resource[Any]") -> dict[str, Any]:
    """The request's body in the OpenAPI document, since the route reads it as it comes in."""
    schema = resource.declaration.import_row or resource.declaration.create
    assert schema is not None  # noqa: S101  # the declaration was checked
    header = ",".join(schema.model_fields)
    return {
        "requestBody": {
            "required": True,
            "content": {
                # Bytes have no type in a schema: "string" would promise that nothing else is taken,
                # and any bytes without a line's end are a table's header.
                MediaType.CSV.value: {
                    "schema": {"contentMediaType": MediaType.CSV.value},
                    "example": f"{header}\r\n",
                },
                MediaType.JSON.value: {"schema": {"type": "array", "items": documented(schema)}},
                MediaType.NDJSON.value: {"schema": {"contentMediaType": MediaType.NDJSON.value}},
            },
        }
    }


def _kept(report: TransferReport, where: str, first: int) -> TransferReport:
    """The report, or an error that names each row's fields where nothing was written."""
    if report.is_written:
        return report
    errors = [
        FieldError(
            ".".join(filter(None, (where, str(row.row - first), item.field))),
            item.message,
            item.code,
        )
        for row in report.rows
        for item in row.errors
    ]
    detail = f"{report.failed} of {report.total} rows have errors, so none was written."
    raise RowsRefusedError(detail, errors=errors)
