"""Who may not, may not: every operation of the OpenAPI document, tried as everybody who is wrong.

Generated, without an exception list: a new operation is covered the moment it exists.
"""

from collections.abc import Iterator, Mapping

import httpx2
import pytest

from padstone.testing.contract.answers import check_problem, without_ids
from padstone.testing.contract.bodies import Bodies
from padstone.testing.contract.caller import Caller
from padstone.testing.contract.document import Operation
from padstone.testing.contract.snapshot import snapshot
from padstone.testing.contract.world import World

__all__ = [
    "test_promise_23_anothers_row_in_a_body_is_as_good_as_none",
    "test_promise_23_anothers_row_is_as_good_as_none",
    "test_promise_23_no_answer_shows_anothers_rows",
    "test_promise_23_nothing_else_is_open",
    "test_promise_23_strangers_are_refused",
    "test_promise_23_who_may_do_less_is_refused",
]

# The library's own that anybody may call: who restarts and routes, and who is not signed in yet.
_OPEN = frozenset(
    {
        *("get_liveness", "get_readiness"),
        *("forgot_password", "log_in", "refresh_tokens", "register_user", "sign_in"),
        *("resend_verification", "reset_password", "verify_email"),
    }
)


async def test_promise_23_nothing_else_is_open(world: World) -> None:
    """What the document leaves open is what the system means to leave open."""
    found = {one.id for one in world.operations.values() if not one.is_guarded} - _OPEN
    assert found == world.open, (
        "The OpenAPI document leaves other operations open than `open` in the World of "
        f"tests/world.py says. Only in the document: {sorted(found - world.open)}; only in the "
        f"World: {sorted(world.open - found)}."
    )


@pytest.mark.operations("is_guarded")
async def test_promise_23_strangers_are_refused(world: World, operation: Operation) -> None:
    """Without credentials, with bad ones and with old ones: always the same 401."""
    headers = {
        "nobody": {},
        "no credentials in the header": {"Authorization": "Bearer "},
        "nonsense": {"Authorization": "Bearer nonsense"},
        "another scheme": {"Authorization": "Basic dXNlcjpwYXNzd29yZA=="},
        "far too much": {"Authorization": f"Bearer {'x' * 5000}"},
        "nonsense as a key": {"X-API-Key": "x" * 5000},
        **await world.callers.refused(),
    }
    rows = {name: world.missing(name) for name in operation.rows}
    content = await world.content(operation, None, dict(rows))
    before = await snapshot(world.database, world.metadata)
    seen = {}
    for name, one in headers.items():
        answer = await world.call(operation, headers=one, rows=rows, **content)
        assert answer.status_code == 401, (
            f"{operation} answered {name} with {answer.status_code}: {answer.text[:500]}"
        )
        assert answer.headers["www-authenticate"], operation
        seen[name] = without_ids(answer)
    different = [name for name, found in seen.items() if found != seen["nobody"]]
    assert not different, f"{operation} tells {different} from nobody"
    assert await snapshot(world.database, world.metadata) == before


@pytest.mark.operations("is_scoped")
async def test_promise_23_who_may_do_less_is_refused(world: World, operation: Operation) -> None:
    """A wrong role, where there is one, or a key that lacks the scope: 403."""
    lacking = await world.callers.lacking(operation.scopes)
    rows = {name: world.missing(name) for name in operation.rows}
    content = await world.content(operation, None, dict(rows))
    before = await snapshot(world.database, world.metadata)
    for name, caller in lacking.items():
        answer = await world.call(operation, caller, rows=rows, **content)
        assert answer.status_code == 403, (
            f"{operation} answered {name} with {answer.status_code}: {answer.text[:500]}"
        )
        if operation.is_ours:
            check_problem(answer)
    assert await snapshot(world.database, world.metadata) == before


@pytest.mark.operations("is_about_rows")
async def test_promise_23_anothers_row_is_as_good_as_none(
    world: World, operation: Operation
) -> None:
    """The answer is that for a missing row, byte for byte; and the owner's own is another."""
    owner = await world.able(operation)
    theirs = await world.rows(operation, owner)
    browser = await world.browser(operation)
    for other in (await world.able(operation), *([] if browser is None else [browser])):
        await _is_hidden(world, operation, theirs, other)
    if world.is_shared(operation):
        return
    answer = await world.call(operation, owner, rows=theirs)
    assert answer.status_code not in {401, 403, 404}, (
        f"{operation} answered the owner with {answer.status_code}, so that this proves nothing: "
        f"{answer.text[:500]}"
    )


async def _is_hidden(
    world: World, operation: Operation, theirs: dict[str, str], other: Caller
) -> None:
    """From ``other``, and is not changed by trying."""
    if world.is_shared(operation):
        # What is below such a row may well be the caller's own, such as a line of a cart.
        if operation.id in world.shared or operation.is_item:
            answer = await world.call(operation, other, rows=theirs)
            assert answer.status_code != 404, (
                f"{operation} hides another's row, so it is not what `shared` of the World says"
            )
        return
    # Only what the row is below: a row of its own might be in the way of what is tried.
    own = {name: await world.row(name, other) for name in operation.rows[:-1]}
    before = await snapshot(world.database, world.metadata)
    for name in operation.rows:
        if name not in world.shared:
            tried, missing = _pair(world, operation, name, theirs=theirs, own=own)
            await _are_alike(world, operation, other, tried, missing)
    after = await snapshot(world.database, world.metadata)
    assert after == before, f"{operation} changed something for somebody else"


def _pair(
    world: World,
    operation: Operation,
    name: str,
    *,
    theirs: Mapping[str, str],
    own: Mapping[str, str],
) -> tuple[dict[str, str], dict[str, str]]:
    """Another's row at ``name``, below the caller's own parents; and a row that is not there."""
    before = operation.rows[: operation.rows.index(name)]
    rows = {one: own[one] if one in before else theirs[one] for one in operation.rows}
    return rows, {**rows, name: world.missing(name)}


async def _are_alike(
    world: World,
    operation: Operation,
    caller: Caller,
    tried: dict[str, str],
    missing: dict[str, str],
) -> None:
    content = await world.content(operation, caller, {})
    there = await world.call(operation, caller, rows=tried, **content)
    gone = await world.call(operation, caller, rows=missing, **content)
    assert there.status_code == 404, (
        f"{operation} answered another's row with {there.status_code}: {there.text[:500]}"
    )
    assert without_ids(there, *tried.values()) == without_ids(gone, *missing.values()), operation


async def test_promise_23_no_answer_shows_anothers_rows(world: World) -> None:
    """No list, search, export or overview of one caller names a row of another."""
    owner = await world.callers.able(())
    owned = {await world.row(name, owner) for name in sorted(world.names - world.shared)}
    for operation in world.operations.values():
        if operation.method != "GET" or not operation.is_guarded or world.is_shared(operation):
            continue
        other = await world.able(operation)
        answer = await world.call(operation, other, rows=await world.rows(operation, other))
        shown = {one for one in owned if one in answer.text}
        assert not shown, f"{operation} shows rows of somebody else: {answer.text[:500]}"


@pytest.mark.operations("is_guarded", "takes_json")
async def test_promise_23_anothers_row_in_a_body_is_as_good_as_none(
    world: World, operation: Operation
) -> None:
    """A body that refers to somebody else's row is refused as if there were none."""
    owner, other = await world.callers.able(()), await world.able(operation)
    for name in _references(world, operation):
        # Rows of its own each time: the one before may have changed them.
        rows = {one: await world.another(one, other, {}) for one in operation.rows}
        theirs, missing = await world.row(name, owner), world.missing(name)
        answers = []
        for value in (theirs, missing):
            content = await world.content(operation, other, {**rows, name: value})
            content["json"] = {**content["json"], name: value}
            answers.append(await world.call(operation, other, rows=rows, **content))
        _refused_alike(operation, name, answers, theirs, missing)


def _references(world: World, operation: Operation) -> Iterator[str]:
    fields = operation.body_schema.get("properties", {})
    for name in fields:
        # A text of the same name, such as the number of a certificate, is no reference.
        if name in world.names - world.shared and Bodies(operation.document).is_id(fields[name]):
            yield name


def _refused_alike(
    operation: Operation, name: str, answers: list[httpx2.Response], theirs: str, missing: str
) -> None:
    there, gone = answers
    assert there.is_client_error, (
        f"{operation} took another's {name}: {there.status_code} {there.text[:500]}"
    )
    assert without_ids(there, theirs) == without_ids(gone, missing), (
        f"{operation} tells another's {name} from one that is not there"
    )
