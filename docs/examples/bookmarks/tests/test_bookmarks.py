import httpx2


async def signed_in(client: httpx2.AsyncClient, email: str) -> dict[str, str]:
    made = await client.post("/users", json={"email": email})
    return {"X-API-Key": made.json()["token"]}


async def test_a_bookmark_is_its_owners(client: httpx2.AsyncClient) -> None:
    ann, ben = (
        await signed_in(client, "ann@example.com"),
        await signed_in(client, "ben@example.com"),
    )
    bookmark = {"url": "https://example.com/", "title": "Example"}
    made = await client.post("/bookmarks", json=bookmark, headers=ann)
    assert made.status_code == 201
    path = f"/bookmarks/{made.json()['id']}"
    assert (await client.get(path, headers=ann)).json() == made.json()
    assert (await client.get(path, headers=ben)).status_code == 404


async def test_a_bookmark_has_a_title(client: httpx2.AsyncClient) -> None:
    headers = await signed_in(client, "ann@example.com")
    answer = await client.post("/bookmarks", json={"url": "https://a.example"}, headers=headers)
    assert answer.status_code == 422
