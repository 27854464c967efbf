"""The routes of a resource: HTTP on the way in and out, and nothing else."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Depends, HTTPException, Query, Request, Response, status
from fastapi.routing import APIRoute
from pydantic import BaseModel

from padstone.idempotency import Idempotent, IdempotentRoute
from padstone.resource.call import Call
from padstone.resource.documentation import (
    description_of,
    operation_id,
    responses_of,
    summary_of,
    tells_changes,
)
from padstone.resource.many_routes import (
    bulk_create,
    bulk_update,
    export,
    import_body,
    import_file,
)
from padstone.resource.operations import Operation
from padstone.resource.parameters import (
    IfMatchDep,
    IfNoneMatchDep,
    if_match_parameter,
    key_of,
    key_parameter,
    name_parameter,
    refuse_query,
    typed,
)
from padstone.resource.query import ListQuery
from padstone.resource.reading import identity_of
from padstone.resource.revisions import etag_of
from padstone.resource.served import Served, mark
from padstone.transfer import TransferReport

if TYPE_CHECKING:
    from padstone.resource.resource import Resource

__all__ = ["routes_of"]

Endpoint = Callable[..., Coroutine[Any, Any, Any]]

_WITH_QUERY = {Operation.LIST, Operation.IMPORT, Operation.EXPORT}


def routes_of(resource: "Resource[Any]") -> APIRouter:
    """A router with the resource's operations, to be included like any other."""
    declared = resource.declaration
    router = APIRouter(tags=[declared.labels], route_class=IdempotentRoute)
    one = f"{declared.path}/{{{declared.id_parameter}}}"
    # Fixed paths come before those with an id.
    for operation, method, path, code, make in (
        (Operation.LIST, "GET", declared.path, 200, _list),
        (Operation.CREATE, "POST", declared.path, 201, _create),
        (Operation.BULK_CREATE, "POST", f"{declared.path}/bulk", 200, bulk_create),
        (Operation.BULK_UPDATE, "PATCH", f"{declared.path}/bulk", 200, bulk_update),
        (Operation.IMPORT, "POST", f"{declared.path}/import", 200, import_file),
        (Operation.EXPORT, "GET", f"{declared.path}/export", 200, export),
        (Operation.GET, "GET", one, 200, _get),
        (Operation.UPDATE, "PATCH", one, 200, _update),
        (Operation.DELETE, "DELETE", one, 204, _delete),
        (Operation.RESTORE, "POST", f"{one}/restore", 200, _restore),
    ):
        if operation is Operation.GET:
            _refuse_other_methods(router, declared.path)
        if operation in declared.operations:
            _add(router, resource, operation, method, path, code, make(resource))
    return router


def _refuse_other_methods(router: APIRouter, collection: str) -> None:
    """Answers 405 at the fixed paths; otherwise ``GET …/bulk`` would look for a row called bulk."""
    allowed: dict[str, set[str]] = {}
    for route in router.routes:
        if isinstance(route, APIRoute) and route.path != collection:
            allowed.setdefault(route.path, set()).update(route.methods or ())
    for path, methods in allowed.items():
        others = sorted({"GET", "PATCH", "DELETE"} - methods)
        refusal = _refusal(", ".join(sorted(methods)))
        router.add_api_route(path, refusal, methods=others, include_in_schema=False)


def _refusal(allow: str) -> Endpoint:
    async def refuse() -> None:
        raise HTTPException(status.HTTP_405_METHOD_NOT_ALLOWED, headers={"Allow": allow})

    return refuse


def _add(  # what a route is made of
    router: APIRouter,
    resource: "Resource[Any]",
    operation: Operation,
    method: str,
    path: str,
    code: int,
    endpoint: Endpoint,
) -> None:
    declared = resource.declaration
    once = operation in {Operation.CREATE, Operation.BULK_CREATE}
    typed(endpoint, call=Annotated[Call, resource.call(operation)])
    dependencies = [
        *([] if operation in _WITH_QUERY else [Depends(refuse_query)]),
        *([Idempotent(declared.idempotency)] if once and declared.idempotency else []),
    ]
    mark(endpoint, Served(resource, operation, tuple(dependencies)))
    name = operation_id(declared, operation)
    models: dict[Operation, Any] = {
        Operation.LIST: resource.page,
        Operation.DELETE: None,
        Operation.BULK_CREATE: TransferReport,
        Operation.BULK_UPDATE: TransferReport,
        Operation.IMPORT: TransferReport,
        Operation.EXPORT: None,
    }
    router.add_api_route(
        path,
        endpoint,
        methods=[method],
        status_code=code,
        name=name,
        operation_id=name,
        summary=summary_of(declared, operation),
        description=description_of(declared, operation),
        response_model=models.get(operation, declared.read),
        responses=responses_of(declared, operation),
        openapi_extra=import_body(resource) if operation is Operation.IMPORT else None,
        dependencies=dependencies,
    )


def _list(resource: "Resource[Any]") -> Endpoint:
    async def list_rows(call: Call, query: ListQuery) -> Any:
        found = await resource.list(call, query)
        values = {
            "items": found.rows,
            "next_cursor": found.next_cursor,
            "total": found.total,
            "limit": query.limit,
            "offset": query.offset,
        }
        return resource.page.model_validate(values, from_attributes=True)

    return typed(list_rows, query=Annotated[resource.query, Query()])


def _create(resource: "Resource[Any]") -> Endpoint:
    async def create(call: Call, body: BaseModel, request: Request, response: Response) -> Any:
        row = await resource.create(call, body)
        collection = request.url.path.rstrip("/")
        shown = resource.declaration.shown_id(identity_of(row))
        response.headers["Location"] = f"{collection}/{shown}"
        return _tagged(row, response)

    return typed(create, body=Annotated[resource.declaration.create, Body()])


def _get(resource: "Resource[Any]") -> Endpoint:
    def asked_for(key: Any) -> Any:
        return key_of(resource.declaration, key) if isinstance(key, str) else key

    async def get(call: Call, key: Any, response: Response) -> Any:
        return _tagged(await resource.get(call, asked_for(key)), response)

    async def get_changed(call: Call, key: Any, known: IfNoneMatchDep, response: Response) -> Any:
        row = await resource.get(call, asked_for(key))
        tag = etag_of(row)
        if known is not None and tag is not None and row.revision in known:
            return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
        return _tagged(row, response)

    declared = resource.declaration
    endpoint = get_changed if tells_changes(declared) else get
    return typed(endpoint, key=name_parameter(declared))


def _update(resource: "Resource[Any]") -> Endpoint:
    async def update(
        call: Call, key: Any, body: BaseModel, if_match: IfMatchDep, response: Response
    ) -> Any:
        return _tagged(await resource.update(call, key, body, if_match=if_match), response)

    declared = resource.declaration
    return typed(update, key=key_parameter(declared), body=Annotated[declared.update, Body()])


def _delete(resource: "Resource[Any]") -> Endpoint:
    async def delete(call: Call, key: Any, if_match: IfMatchDep) -> None:
        await resource.delete(call, key, if_match=if_match)

    declared = resource.declaration
    return typed(delete, key=key_parameter(declared), if_match=if_match_parameter(declared))


def _restore(resource: "Resource[Any]") -> Endpoint:
    async def restore(call: Call, key: Any, if_match: IfMatchDep, response: Response) -> Any:
        return _tagged(await resource.restore(call, key, if_match=if_match), response)

    declared = resource.declaration
    return typed(restore, key=key_parameter(declared), if_match=if_match_parameter(declared))


def _tagged(row: Any, response: Response) -> Any:
    tag = etag_of(row)
    if tag is not None:
        response.headers["ETag"] = tag
    return row
