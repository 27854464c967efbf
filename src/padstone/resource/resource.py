"""The resource: a declaration, its operations as methods, and its routes."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy import Select

from padstone.idempotency import IdempotencyRecordColumns
from padstone.resource.call import Call
from padstone.resource.checks import require_sound
from padstone.resource.declaration import MAX_ROWS, Declaration, Parent, Shared, declare
from padstone.resource.guards import Guards
from padstone.resource.operations import Operation
from padstone.resource.parameters import call_dependency, key_parameter
from padstone.resource.query import ListQuery, query_of
from padstone.resource.reading import Listing, find, list_rows, reachable
from padstone.resource.references import Reference, references_of
from padstone.resource.revisions import Revisions
from padstone.resource.routes import routes_of
from padstone.resource.writing import create_row, delete_row, restore_row, update_row

__all__ = ["Resource"]

Row = TypeVar("Row")


class Resource(Generic[Row]):
    """A model as a REST resource: a declaration, its operations as methods, and its routes.

    What a product owner would want to change, a subclass changes in the hooks below: each is an
    ordinary method that does nothing unless it is overridden.
    """

    def __init__(
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
        owner: str | None = None,
        parent: Parent | None = None,
        filters: Mapping[str, Sequence[str]] | None = None,
        sorts: Sequence[str] = (),
        default_sort: str | None = None,
        search: str | None = None,
        operations: Iterable[Operation] | None = None,
        references: Mapping[str, "Resource[Any] | Shared"] | None = None,
        unmapped: Iterable[str] = (),
        idempotency: type[IdempotencyRecordColumns] | None = None,
        max_rows: int = MAX_ROWS,
    ) -> None:
        self.declaration: Declaration = declare(
            model,
            read=read,
            create=create,
            update=update,
            name=name,
            plural=plural,
            path=path,
            owner=owner,
            parent=parent,
            guards=guards,
            filters=filters or {},
            sorts=sorts,
            default_sort=default_sort,
            search=search,
            operations=operations,
            references=references or {},
            unmapped=unmapped,
            idempotency=idempotency,
            max_rows=max_rows,
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
    def references(self) -> tuple[Reference, ...]:
        """What the foreign keys in bodies may point to."""
        return tuple(references_of(self.declaration))

    # The operations, for whoever has a call and needs no HTTP.

    def statement(self, call: Call) -> Select[tuple[Row]]:
        """The rows that the caller may reach, for statements of one's own."""
        return reachable(self, call)

    async def get(self, call: Call, key: object) -> Row:
        """One row, complete. Raises ``NotFoundError`` where it is missing or another's."""
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

    # For ordinary routes beside the resource's own.

    def call(self, operation: Operation) -> Any:
        """A dependency that is the call, with the operation's guard and the parents of the path."""
        return Depends(call_dependency(self.declaration, operation))

    def loaded(self, operation: Operation) -> Any:
        """A dependency that is the row which the path names, for whoever may do ``operation``.

        ``Annotated[Product, products.loaded(Operation.UPDATE)]`` answers 404 where there is none.
        The row is locked where the operation writes.
        """
        ThisCall = Annotated[Call, self.call(operation)]  # noqa: N806  # a type
        Key = key_parameter(self.declaration)  # noqa: N806

        async def load(call: ThisCall, key: Key) -> Any:  # type: ignore[valid-type]
            return await find(self, call, key, lock=not operation.reads)

        return Depends(load)

    # The hooks.

    def visible(self, statement: Select[tuple[Row]], call: Call) -> Select[tuple[Row]]:  # noqa: ARG002
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
