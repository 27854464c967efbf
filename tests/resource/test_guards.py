"""Who may do what: each operation's own guard, or the one that stands in for it."""

import pytest

from padstone.resource import PUBLIC, Guards, Operation, Resource
from small_shop.callers import Caller, MakeCaller
from small_shop.schemas import CategoryRead
from small_shop.tables import Category

SHOWN = [Operation.LIST, Operation.GET]
READS = {Operation.LIST, Operation.GET, Operation.EXPORT}


def test_reads_and_writes_are_apart() -> None:
    guards = Guards(read=PUBLIC, write=["w"])
    assert {one for one in Operation if guards.of(one) is PUBLIC} == READS
    assert {one for one in Operation if guards.of(one) == ["w"]} == Operation.ALL - READS
    assert Guards(read=[]).of(Operation.CREATE) is None


@pytest.mark.parametrize(
    ("own", "others"),
    [
        (Operation.CREATE, {Operation.BULK_CREATE, Operation.IMPORT}),
        (Operation.UPDATE, {Operation.BULK_UPDATE}),
        (Operation.DELETE, {Operation.RESTORE}),
        (Operation.LIST, {Operation.EXPORT}),
        (Operation.GET, set()),
        (Operation.IMPORT, set()),
        (Operation.RESTORE, set()),
    ],
)
def test_an_operation_may_have_its_own(own: Operation, others: set[Operation]) -> None:
    name = "import_" if own is Operation.IMPORT else own.value
    guards = Guards(read=["r"], write=["w"], **{name: ["own"]})
    assert {one for one in Operation if guards.of(one) == ["own"]} == {own, *others}


def test_what_nobody_was_given_is_nobodys() -> None:
    shown = Resource(Category, read=CategoryRead, guards=Guards(read=PUBLIC), operations=SHOWN)
    shown.loaded(Operation.GET)
    with pytest.raises(TypeError, match="say nothing of update"):
        shown.loaded(Operation.UPDATE)


async def test_each_operation_asks_for_its_scopes(make_caller: MakeCaller, ann: Caller) -> None:
    writer = await make_caller(["links:write"])
    folder = await writer.make("/folders", name="F")
    made = await writer.make("/links", folder_id=folder["id"], label="L")
    path = f"/links/{made['id']}"
    assert (await writer("GET", path)).status_code == 403
    assert (await writer("DELETE", path)).status_code == 403
    assert (await writer("PATCH", path, json={"label": "M"})).status_code == 200


async def test_what_is_public_checks_what_is_shown(nobody: Caller, ann: Caller) -> None:
    assert (await nobody("GET", "/products")).status_code == 200
    headers = {"Authorization": "Bearer nonsense"}
    assert (await nobody("GET", "/products", headers=headers)).status_code == 401
    assert (await ann("GET", "/products")).status_code == 200
