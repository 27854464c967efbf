"""What only the system knows: a class of its own in ``tests/world.py``.

::

    from padstone.testing.contract import Caller, row
    from padstone.testing.contract import World as Contract

    class World(Contract):
        open = frozenset({"get_health", "list_products"})

        @row
        async def order_id(self, caller: Caller) -> str:
            ...

Most systems need little more than ``open``: a row is made by the operation that makes such rows,
with a body from the examples of its schema.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from typing import Any, ClassVar, TypeVar

import httpx2
from sqlalchemy import Table

from padstone.ids import encode_public_id, new_id
from padstone.migrations.metadata import load_metadata
from padstone.testing.contract.answers import check_answer
from padstone.testing.contract.caller import Browser, Caller
from padstone.testing.contract.callers import callers_of
from padstone.testing.contract.contents import as_request, query_of, template_of
from padstone.testing.contract.document import Operation, operations
from padstone.testing.contract.row import is_row, row
from padstone.testing.running import Running

__all__ = ["World"]

Found = TypeVar("Found")


class World:
    """The system as the contract's tests see it, in the isolation of the running test."""

    models: ClassVar[str] = "app.models"
    """The package whose ``Base`` has the tables."""
    open: ClassVar[frozenset[str]] = frozenset()
    """The operations that anybody may call, by id."""
    shared: ClassVar[frozenset[str]] = frozenset()
    """Path parameters whose rows belong to nobody, such as a shop's products; and operations, by
    id, that reach everybody's rows, for callers who are trusted with that."""
    bodies: ClassVar[Mapping[str, Any]] = {}
    """Bodies of operations, by id, where the schema's examples do not do. A text like
    ``{order_id}`` stands for the id of such a row. Bytes are sent as they are."""
    queries: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """The same for queries, of operations that need one."""
    files: ClassVar[Mapping[str, tuple[str, bytes, str]]] = {}
    """What form fields upload, by the field's name: file name, bytes and media type."""
    lists: ClassVar[Mapping[str, str | None]] = {}
    """What a list lists, by the list's operation: the path parameter of its rows, or the name of
    any method that is a ``row``; ``None`` where no row makes it longer. Only needed where no path
    says so (that of the list and one parameter)."""
    absent: ClassVar[Mapping[str, str]] = {}
    """Path parameters that are neither a UUID nor a public id, with a value that no row has."""
    values: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """Values of columns, by table, where a check wants something in particular."""
    other_keys: ClassVar[Mapping[str, str]] = {}
    """Tables whose primary key is no UUID version 7, with the reason."""
    lasting: ClassVar[Mapping[str, str]] = {}
    """Tables with a value that stays taken when its row is deleted, with the reason."""
    safe: ClassVar[Mapping[str, str]] = {}
    """Settings that production needs beyond the library's, with values that are safe."""
    ending: ClassVar[frozenset[str]] = frozenset()
    """Operations that end the caller's own credentials, which fuzzing would do at once."""
    services: ClassVar[Mapping[str, str]] = {}
    """Names in ``/health/ready`` beyond the library's, with the setting that holds the URL."""

    def __init__(self, running: Running, client: httpx2.AsyncClient) -> None:
        self.running, self.client = running, client
        self.app = running.application
        self.database = running.state["database"]
        self.settings = running.state["settings"]
        self.operations = {one.id: one for one in operations(running.app.openapi())}
        self.names = {name for one in self.operations.values() for name in one.rows}
        self.metadata = load_metadata(self.models)
        self.callers = callers_of(running)
        self._made: dict[Caller, dict[str, str]] = {}
        self._seen: set[tuple[str, str | None]] = set()
        self._count = 0

    @row
    async def session_id(self, caller: Caller) -> str:
        """A session of a user, as the library's own routes have them."""
        return await self.callers.session(caller)

    @row
    async def browser_session_id(self, caller: Caller) -> str:
        """A browser in which a user is signed in, likewise."""
        return await self.callers.browser_session(caller)

    async def variables(self) -> dict[str, str]:
        """What the documentation's examples may use beside ``$URL``: the credentials of a caller,
        as ``$KEY`` and as ``$TOKEN``.
        """
        caller = await self.callers.able(())
        return {"KEY": caller.secret, "TOKEN": caller.secret}

    def mapped(self, table: Table) -> type[Any]:
        """The class that is mapped to ``table``."""
        mappers = import_module(self.models).Base.registry.mappers
        found: type[Any] = next(one.class_ for one in mappers if one.local_table is table)
        return found

    def is_shared(self, operation: Operation) -> bool:
        """Whether the rows of ``operation`` are, for whoever may call it, everybody's."""
        rows = set(operation.rows)
        return operation.id in self.shared or (bool(rows) and rows <= self.shared)

    async def able(self, operation: Operation) -> Caller:
        """A new caller who may carry ``operation`` out, and make the rows that it is about."""
        return await self._able(operation, self.callers.able)

    async def browser(self, operation: Operation) -> Browser | None:
        """The same by cookie; ``None`` where the system has no cookie sessions."""
        return await self._able(operation, self.callers.browser)

    async def call(
        self,
        operation: Operation,
        caller: Caller | None = None,
        *,
        rows: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        **content: Any,
    ) -> httpx2.Response:
        """Calls ``operation`` with what fits, and checks what holds for every answer.

        ``rows`` are the path's ids, by default ids of no row; ``content`` (``json``, ``content``,
        …) replaces the body.
        """
        if rows is None:
            rows = {name: self.missing(name) for name in operation.rows}
        content = content or await self.content(operation, caller, dict(rows))
        own = caller.headers if caller else {}
        answer = await self.client.request(
            operation.method,
            operation.path.format_map({**operation.choices, **rows}),
            params={**await self._query(operation, caller, rows), **(query or {})},
            headers={**own, **content.pop("headers", {}), **(headers or {})},
            **content,
        )
        check_answer(operation, answer)
        return answer

    async def content(
        self, operation: Operation, caller: Caller | None, made: dict[str, str], **options: Any
    ) -> dict[str, Any]:
        """What to send as the body, in the words of the HTTP client."""
        if not operation.has_body:
            return {}
        body = self.bodies.get(operation.id)
        if body is None:
            body = template_of(operation, self.names, **options)
        return as_request(operation, await self._filled(body, caller, made), self.files)

    async def rows(self, operation: Operation, caller: Caller) -> dict[str, str]:
        """The ids of ``caller``'s own rows for the path of ``operation``."""
        return {name: await self.row(name, caller) for name in operation.rows}

    async def row(self, name: str, caller: Caller) -> str:
        """The id of ``caller``'s row for the path parameter ``name``, made where there is none."""
        return await self._row(name, caller, self._made.setdefault(caller, {}))

    async def another(self, name: str, caller: Caller, keep: Mapping[str, str]) -> str:
        """A new row, with new ones around it, except for those in ``keep``."""
        return await self._row(name, caller, dict(keep))

    def missing(self, name: str) -> str:
        """An id that no row has, of the form that the path parameter ``name`` wants."""
        if name in self.absent:
            return self.absent[name]
        named = [one for one in self.operations.values() if name in one.rows]
        for schema in (one.parameter(name) for one in named):
            example = str(next(iter(schema.get("examples", [])), ""))
            if re.fullmatch(r"[a-z][a-z0-9_]*_[0-9a-z]{26}", example):
                return encode_public_id(example.rpartition("_")[0], new_id())
            if schema.get("format") == "uuid":
                return str(new_id())
        raise AssertionError(
            f"The path parameter {name} of {named[0]} is neither a UUID nor a public id. Say in "
            f'the World of tests/world.py what no row has: absent = {{"{name}": "…"}}'
        )

    def creator(self, name: str) -> Operation | None:
        """The operation that makes rows for the path parameter ``name``, unless a method does."""
        if is_row(getattr(self, name, None)):
            return None
        paths = [one.path for one in self.operations.values() if one.rows[-1:] == (name,)]
        homes = {path.partition(f"/{{{name}}}")[0] for path in paths}
        makers = (one for one in self.operations.values() if one.method == "POST")
        return next((one for one in makers if one.path in homes), None)

    async def _able(self, operation: Operation, find: Callable[..., Awaitable[Found]]) -> Found:
        scopes = operation.scopes
        for name in operation.rows:
            creator = self.creator(name)
            if name not in self.shared and creator is not None:
                scopes |= creator.scopes
        try:
            return await find(scopes)
        except AssertionError:  # the rows are made by somebody else
            return await find(operation.scopes)

    async def _row(self, name: str, caller: Caller, made: dict[str, str]) -> str:
        if name not in made:
            maker = getattr(self, name, None)
            if maker is not None and is_row(maker):
                needed = list(inspect.signature(maker).parameters)[1:]
                given = {one: await self._row(one, caller, made) for one in needed}
                made[name] = str(await maker(caller, **given))
            else:
                made[name] = await self._created(name, caller, made)
        return made[name]

    async def _created(self, name: str, caller: Caller, made: dict[str, str]) -> str:
        creator = self.creator(name)
        method = f"@row\n    async def {name}(self, caller: Caller) -> str: …"
        assert creator is not None, (
            f"No test knows a row for the path parameter {name}, since no POST makes one. Add to "
            f"the World of tests/world.py what does:\n    {method}"
        )
        if not creator.scopes <= caller.scopes:
            caller = await self.callers.able(creator.scopes)
        answer = await self.create(creator, caller, made)
        found = _id_of(answer)
        assert found is not None, (
            f"{creator} was to make a row for the path parameter {name} and answered "
            f"{answer.status_code}: {answer.text[:500]}\nGive its schema examples that work, or "
            f'add to the World of tests/world.py a body, bodies = {{"{creator}": …}}, or what '
            f"else makes one:\n    {method}"
        )
        return found

    async def create(
        self, operation: Operation, caller: Caller, made: dict[str, str]
    ) -> httpx2.Response:
        """Makes a row by ``operation``, with other texts where there is one like it already."""
        rows = {name: await self._row(name, caller, made) for name in operation.rows}
        plain: frozenset[str] = frozenset()
        number = 0
        while True:
            content = await self.content(operation, caller, made, number=number, plain=plain)
            answer = await self.call(operation, caller, rows=rows, **content)
            if not number and self._is_taken(operation, answer):
                self._count += 1
                number = self._count
                continue
            wrong: set[str] = set()
            if number and answer.status_code == 422:
                wrong = {item["field"].rpartition(".")[2] for item in answer.json()["errors"]}
            if not wrong - plain:
                return answer
            plain |= wrong

    def _is_taken(self, operation: Operation, answer: httpx2.Response) -> bool:
        """Whether there is a row like it: it was refused, or is the one that was made before."""
        if not answer.is_success:
            return answer.status_code == 409
        made = operation.id, _id_of(answer)
        known = made in self._seen
        self._seen.add(made)
        return known

    async def _query(
        self, operation: Operation, caller: Caller | None, rows: Mapping[str, str]
    ) -> dict[str, Any]:
        said = self.queries.get(operation.id)
        found = query_of(operation) if said is None else said
        return dict(await self._filled(found, caller, dict(rows)))

    async def _filled(self, body: Any, caller: Caller | None, made: dict[str, str]) -> Any:
        """``body`` with ids in the places of names."""
        if isinstance(body, dict):
            return {key: await self._filled(value, caller, made) for key, value in body.items()}
        if isinstance(body, list):
            return [await self._filled(item, caller, made) for item in body]
        if isinstance(body, str) and body[:1] == "{" and body[1:-1] in self.names:
            return str(new_id()) if caller is None else await self._row(body[1:-1], caller, made)
        return body


def _id_of(answer: httpx2.Response) -> str | None:
    body = answer.json() if answer.is_success and answer.content else None
    return str(body["id"]) if isinstance(body, dict) and "id" in body else None
