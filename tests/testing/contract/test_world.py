"""Rows are made by the operations that make such rows; what cannot be found out is asked for."""

from typing import Any

import pytest
from fastapi import APIRouter, UploadFile
from pydantic import BaseModel

from contracted import Reader, ThingsWorld, Writer
from padstone.testing.contract import Caller, row


async def test_rows_are_made_with_what_is_around_them(make_world: Any) -> None:
    async with make_world() as world:
        one, other = await world.callers.able(()), await world.callers.able(())
        rows = await world.rows(world.operations["get_part"], one)
        assert set(rows) == {"thing_id", "part_id"}
        assert await world.row("thing_id", one) == rows["thing_id"]
        assert await world.row("thing_id", other) != rows["thing_id"]
        more = await world.another("part_id", one, {"thing_id": rows["thing_id"]})
        assert more != rows["part_id"]
        assert await world.another("thing_id", one, {}) != rows["thing_id"], "another name"


async def test_a_row_that_the_system_makes_itself(make_world: Any) -> None:
    class Own(ThingsWorld):
        @row
        async def part_id(self, caller: Caller, thing_id: str) -> str:
            answer = await self.call(
                self.operations["create_part"],
                caller,
                rows={"thing_id": thing_id},
                json={"name": "mine"},
            )
            return str(answer.json()["id"])

    async with make_world(kind=Own) as world:
        part = world.operations["get_part"]
        caller = await world.able(part)
        answer = await world.call(part, caller, rows=await world.rows(part, caller))
        assert answer.json()["name"] == "mine"


def with_path(path: str, kind: Any = str) -> APIRouter:
    router = APIRouter()

    async def get_fault(_: Reader, fault_id: Any) -> None: ...

    get_fault.__annotations__["fault_id"] = kind
    router.get(path)(get_fault)
    return router


async def test_a_path_parameter_without_a_row(make_world: Any) -> None:
    words = r"(?s)path parameter fault_id.*tests/world.py.*@row\s+async def fault_id\(self"
    async with make_world(with_path("/faults/{fault_id}")) as world:
        caller = await world.callers.able(())
        with pytest.raises(AssertionError, match=words):
            await world.row("fault_id", caller)
        with pytest.raises(AssertionError, match=r'absent = \{"fault_id": "…"\}'):
            world.missing("fault_id")


async def test_a_creator_that_refuses_what_was_made_up(make_world: Any) -> None:
    class Wanting(BaseModel):
        name: str

    router = with_path("/faults/{fault_id}")

    @router.post("/faults")
    async def create_fault(_: Writer, body: Wanting) -> None: ...

    async with make_world(router) as world:
        words = r'(?s)create_fault was to make.*answered 200.*bodies = \{"create_fault": …\}'
        with pytest.raises(AssertionError, match=words):
            await world.row("fault_id", await world.callers.able(()))


async def test_bodies_of_other_kinds(make_world: Any) -> None:
    router = APIRouter(prefix="/faults")

    @router.post("/files")
    async def upload_fault(_: Writer, file: UploadFile, name: str) -> list[str | None]:
        return [file.filename, file.content_type, str(len(await file.read())), name]

    class Own(ThingsWorld):
        files = {"file": ("a.pdf", b"%PDF", "application/pdf")}  # noqa: RUF012  # as a system has it

    for kind, expected in (
        (ThingsWorld, ["example.txt", "text/plain", "7", "example"]),
        (Own, ["a.pdf", "application/pdf", "4", "example"]),
    ):
        async with make_world(router, kind=kind) as world:
            upload = world.operations["upload_fault"]
            answer = await world.call(upload, await world.able(upload))
            assert answer.json() == expected


async def test_bodies_that_the_system_says(make_world: Any) -> None:
    class Own(ThingsWorld):
        bodies = {"create_part": {"name": "{thing_id}"}}  # noqa: RUF012  # as a system has it

    async with make_world(kind=Own) as world:
        create = world.operations["create_part"]
        caller = await world.able(create)
        rows = await world.rows(create, caller)
        answer = await world.call(create, caller, rows=rows)
        assert answer.json()["name"] == rows["thing_id"]
