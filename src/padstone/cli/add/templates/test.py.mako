${name.many.upper()} = "${path}"


async def body(world: World, caller: Caller) -> dict[str, Any]:
    """What a test says of ${name.article} ${name.words}."""
    return {
% for field in fields:
% if field.is_reference:
        "${field.name}": await world.row("${field.name}", caller),
% else:
        "${field.name}": ${field.example()},
% endif
% endfor
    }


async def test_${name.article}_${name.one}_is_made_found_changed_and_deleted(world: World, client: httpx2.AsyncClient) -> None:
    caller = await world.callers.able(${able})
    wanted = await body(world, caller)
    made = await client.post(${name.many.upper()}, json=wanted, headers=caller.headers)
    assert made.status_code == 201, made.text
    assert made.json().items() >= wanted.items()
    ${name.one} = f"{${name.many.upper()}}/{made.json()['id']}"
    found = await client.get(${name.many.upper()}, headers=caller.headers)
    assert made.json()["id"] in [item["id"] for item in found.json()["items"]]

% if changed:
    change: dict[str, Any] = {"${changed.name}": ${changed.example(1)}}
    answer = await client.patch(${name.one}, json=change, headers=caller.headers)
    assert answer.json().items() >= change.items()
% endif
    assert (await client.delete(${name.one}, headers=caller.headers)).status_code == 204
    assert (await client.get(${name.one}, headers=caller.headers)).status_code == 404


% if owner:
async def test_${name.many}_are_their_owners(world: World, client: httpx2.AsyncClient) -> None:
    ann, bob = [await world.callers.able(${able}) for _ in range(2)]
    made = await client.post(${name.many.upper()}, json=await body(world, ann), headers=ann.headers)
    ${name.one} = f"{${name.many.upper()}}/{made.json()['id']}"
    assert (await client.get(${name.one}, headers=bob.headers)).status_code == 404
    assert (await client.get(${name.many.upper()}, headers=bob.headers)).json()["items"] == []
% else:
async def test_${name.many}_are_read_by_anybody(world: World, client: httpx2.AsyncClient) -> None:
    caller = await world.callers.able(${able})
    made = await client.post(${name.many.upper()}, json=await body(world, caller), headers=caller.headers)
    ${name.one} = f"{${name.many.upper()}}/{made.json()['id']}"
    assert (await client.get(${name.one})).json() == made.json()
    assert (await client.delete(${name.one})).status_code == 401
% endif
