"""The resource: a declaration, its operations as methods, and its routes."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Depends
from pydantic import BaseModel, TypeAdapter, create_model
from sqlalchemy import Select

from padstone.db import Database
from padstone.idempotency import IdempotencyRecordColumns
from padstone.pages import Page
from padstone.resource.bulk import create_many, take_rows, update_many
from padstone.resource.call import Call
from padstone.resource.checks import require_sound
from padstone.resource.columns import columns_of, id_type
from padstone.resource.declaration import (
    MAX_ROWS,
    Declaration,
    Parent,
    Shared,
    default_sort_of,
    id_attribute_of,
    name_of,
    operations_of,
    path_of,
    plural_of,
)
from padstone.resource.filters import Condition, filters_of
from padstone.resource.finding import Findings
from padstone.resource.guards import Guards
from padstone.resource.listing import Listing, list_rows, walk
from padstone.resource.operations import Operation
from padstone.resource.parameters import call_dependency, key_parameter, typed
from padstone.resource.query import ListQuery, Selection, query_of, selection_of
from padstone.resource.reading import find, reachable
from padstone.resource.references import Reference, references_of
from padstone.resource.revisions import Revisions
from padstone.resource.routes import routes_of
from padstone.resource.sorting import sort_terms
from padstone.resource.writing import create_row, delete_row, restore_row, update_row
from padstone.transfer import Row as TransferRow
from padstone.transfer import Tally, TransferMode, TransferReport

__all__ = ["Resource"]

Row = TypeVar("Row")


class Resource(Generic[Row]):
    """A model as a REST resource: a declaration, its operations as methods, and its routes.

    What a product owner would want to change, a subclass changes in the hooks below: each is an
    ordinary method that does nothing unless it is overridden.
    """

    def __init__(  # noqa: PLR0913  # each parameter is a line of the declaration
        self,
        model: type[Row],
        *,
        read: type[BaseModel],
        guards: Guards,
        create: type[BaseModel] | None = None,
        update: type[BaseModel] | None = None,
        name: str | None = None,
        plural: str | None = None,
        path: str | None = None,
        get_by: str | None = None,
        owner: str | None = None,
        parent: Parent | None = None,
        filters: Mapping[str, Sequence[str] | Condition] | None = None,
        sorts: Sequence[str] = (),
        default_sort: str | None = None,
        search: str | None = None,
        operations: Iterable[Operation] | None = None,
        references: Mapping[str, "Resource[Any] | Shared"] | None = None,
        unmapped: Iterable[str] = (),
        import_row: type[BaseModel] | None = None,
        idempotency: type[IdempotencyRecordColumns] | None = None,
        max_rows: int = MAX_ROWS,
    ) -> None:
        key = id_attribute_of(model)
        shown = id_type(read, key, columns_of(model)[key])
        several = plural or plural_of(model)
        self.declaration = Declaration(
            model=model,
            read=read,
            create=create,
            update=update,
            name=name or name_of(model),
            plural=several,
            path=path_of(parent, f"/{several.replace('_', '-')}" if path is None else path),
            get_by=get_by,
            owner=owner,
            parent=parent,
            guards=guards,
            filters=tuple(filters_of(filters or {})),
            sorts=tuple(sorts),
            default_sort=sort_terms(default_sort or default_sort_of(model)),
            search=search,
            operations=frozenset(
                operations_of(model, create, update) if operations is None else operations
            ),
            references=MappingProxyType(dict(references or {})),
            unmapped=frozenset(unmapped),
            import_row=import_row,
            idempotency=idempotency,
            max_rows=max_rows,
            id_attribute=key,
            id_type=shown,
            id_adapter=TypeAdapter(shown),
        )
        require_sound(self.declaration)

    def __repr__(self) -> str:
        return f"<Resource {self.declaration.plural} at {self.declaration.path}>"

    @cached_property
    def router(self) -> APIRouter:
        """The routes, to be included like any other router's."""
        return routes_of(self)

    @cached_property
    def query(self) -> type[ListQuery]:
        """The model that reads the query of a list: ``products.query(limit=5, sort="name")``."""
        return query_of(self.declaration)

    @cached_property
    def page(self) -> type[BaseModel]:
        """The model of a page, under a name that a person would give it: ``ProductPage``."""
        declared = self.declaration
        base: Any = Page.__class_getitem__(declared.read)
        made: type[BaseModel] = create_model(
            f"{declared.model.__name__}Page",
            __base__=base,
            __doc__=f"A part of a list of {declared.labels}.",
        )
        return made

    @cached_property
    def selection(self) -> type[Selection]:
        """The model that reads the query of an export."""
        return selection_of(self.declaration)

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """What the foreign keys in bodies may point to."""
        return tuple(references_of(self.declaration))

    @cached_property
    def findings(self) -> Findings:
        """The statements that find its rows."""
        return Findings(self)

    # The operations, for whoever has a call and needs no HTTP.

    def statement(self, call: Call) -> Select[Row]:
        """The rows that the caller may reach, for statements of one's own."""
        return reachable(self, call)

    async def get(self, call: Call, key: object) -> Row:
        """One row, complete. Raises ``NotFoundError`` where it is missing or another's.

        ``key`` is its id, or where the declaration says ``get_by``, that text of it.
        """
        return await find(self, call, key)

    async def create(self, call: Call, body: BaseModel) -> Row:
        """A new row. Raises ``ValidationError`` and ``ConflictError`` that name fields."""
        return await create_row(self, call, body)

    async def update(
        self, call: Call, key: object, body: BaseModel, *, if_match: Revisions | None = None
    ) -> Row:
        """The row with the fields that were sent; the others stay as they are."""
        return await update_row(self, call, key, body, if_match)

    async def delete(self, call: Call, key: object, *, if_match: Revisions | None = None) -> None:
        """Deletes the row, or marks it as deleted where its model keeps such rows."""
        await delete_row(self, call, key, if_match)

    async def restore(self, call: Call, key: object, *, if_match: Revisions | None = None) -> Row:
        """The deleted row, living again; one that was not deleted stays as it is."""
        return await restore_row(self, call, key, if_match)

    async def list(self, call: Call, query: ListQuery | None = None) -> Listing[Row]:
        """A page of rows, complete. ``query`` is a ``resource.query(…)``."""
        return await list_rows(self, call, query if query is not None else self.query())

    async def bulk_create(
        self,
        call: Call,
        rows: Sequence[Any],
        mode: TransferMode = TransferMode.ALL_OR_NOTHING,
    ) -> TransferReport:
        """Makes many rows of mappings, each validated by itself; the report has all of them."""
        return await create_many(self, call, rows, mode)

    async def bulk_update(
        self,
        call: Call,
        rows: Sequence[Any],
        mode: TransferMode = TransferMode.ALL_OR_NOTHING,
    ) -> TransferReport:
        """Changes many rows: each mapping has an ``id``, and a ``revision`` where that matters."""
        return await update_many(self, call, rows, mode)

    async def import_rows(
        self,
        call: Call,
        rows: AsyncIterable[TransferRow],
        mode: TransferMode = TransferMode.ALL_OR_NOTHING,
    ) -> TransferReport:
        """Makes the rows of a file, as ``padstone.transfer.read_rows`` reads them.

        A subclass that does something else with rows says in ``import_row`` what they look like.
        """
        return await take_rows(self, call, rows, Tally(mode))

    def export(
        self, call: Call, selection: Selection | None = None, database: Database | None = None
    ) -> AsyncIterator[Row]:
        """All rows of a ``resource.selection(…)``, a page at a time.

        They come through the call's session, or with ``database`` through one for each page.
        """
        asked = selection if selection is not None else self.selection()
        return walk(self, call, asked, database)

    # For ordinary routes beside the resource's own.

    def call(self, operation: Operation) -> Any:
        """A dependency that is the call, with the operation's guard and the parents of the path."""
        return Depends(call_dependency(self.declaration, operation))

    def loaded(self, operation: Operation) -> Any:
        """A dependency that is the row which the path names, for whoever may do ``operation``.

        ``Annotated[Product, products.loaded(Operation.UPDATE)]`` answers 404 where there is none.
        The row is locked where the operation writes.
        """

        async def load(call: Call, key: Any) -> Row:
            return await find(self, call, key, lock=not operation.reads)

        key = key_parameter(self.declaration)
        return Depends(typed(load, call=Annotated[Call, self.call(operation)], key=key))

    # The hooks.

    def visible(self, statement: Select[Row], call: Call) -> Select[Row]:  # noqa: ARG002
        """``statement`` narrowed to what the caller may see; all reading goes through it."""
        return statement

    async def before_create(self, call: Call, row: Row, body: BaseModel) -> None:
        """``row`` is complete and about to be inserted."""

    async def after_create(self, call: Call, row: Row) -> None:
        """``row`` is inserted, and the transaction still open."""

    async def before_update(self, call: Call, row: Row, changes: dict[str, Any]) -> None:
        """``row`` is locked and as it was; what ``changes`` holds afterwards is written."""

    async def after_update(self, call: Call, row: Row) -> None:
        """``row`` is as it was written."""

    async def before_delete(self, call: Call, row: Row) -> None:
        """``row`` is locked and about to be deleted."""

    async def after_delete(self, call: Call, row: Row) -> None:
        """``row`` is deleted."""

    async def after_restore(self, call: Call, row: Row) -> None:
        """``row`` lives again."""
