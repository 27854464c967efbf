"""Notes, as users meet them. Who may not, and what is refused, is in test_contract.py."""

import httpx2

from padstone.testing.users import SignedIn

NOTES = "/api/v1/notes"


async def test_a_note_is_made_found_changed_and_deleted(
    client: httpx2.AsyncClient, ann: SignedIn
) -> None:
    made = await client.post(NOTES, json={"title": "Groceries"}, headers=ann.headers)
    assert made.status_code == 201, made.text
    note = f"{NOTES}/{made.json()['id']}"

    changed = await client.patch(note, json={"text": "Bread"}, headers=ann.headers)
    assert (changed.json()["title"], changed.json()["text"]) == ("Groceries", "Bread")
    found = await client.get(NOTES, params={"title__contains": "groc"}, headers=ann.headers)
    assert [item["text"] for item in found.json()["items"]] == ["Bread"]

    assert (await client.delete(note, headers=ann.headers)).status_code == 204
    assert (await client.get(note, headers=ann.headers)).status_code == 404


async def test_notes_are_their_owners(
    client: httpx2.AsyncClient, ann: SignedIn, bob: SignedIn
) -> None:
    made = await client.post(NOTES, json={"title": "Groceries"}, headers=ann.headers)
    note = f"{NOTES}/{made.json()['id']}"
    assert (await client.get(note, headers=bob.headers)).status_code == 404
    assert (await client.get(NOTES, headers=bob.headers)).json()["items"] == []
