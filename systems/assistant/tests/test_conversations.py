"""E8: conversations are kept on request, sealed, and are their owner's to list, read and delete."""

import asyncio
from uuid import UUID

import httpx2
import pytest
from people import SignedIn, SignIn
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Conversation, ConversationMessage
from app.services.conversations import (
    MOST_MESSAGES,
    ConversationFullError,
    begin,
    history,
    record,
)
from padstone.crypto import KeyRing
from padstone.errors import NotFoundError
from padstone.ids import decode_public_id
from padstone.providers import Message
from padstone.testing.queries import QueryCounter
from padstone.testing.running import Running

URL = "/api/v1/conversations"
CANARY = "canary-71c2-in-no-dump"


def said(role: str, content: str | None, **more: object) -> Message:
    """A message as a client writes it."""
    return Message.model_validate({"role": role, "content": content, **more})


QUESTION = said("user", f"Why does {CANARY} fail?")
ANSWER = said("assistant", f"Because {CANARY} is not there.")


@pytest.fixture
def keyring(running: Running) -> KeyRing:
    ring: KeyRing = running.state["keyring"]
    return ring


async def keep(
    session: AsyncSession,
    keyring: KeyRing,
    owner: SignedIn,
    *messages: Message,
    conversation_id: UUID | None = None,
    answer: Message | None = ANSWER,
) -> Conversation:
    """What the chat route does when an answer has ended."""
    if conversation_id is None:
        conversation_id = (await begin(session, owner.user.id)).id
    kept = await record(
        session,
        keyring,
        owner.user.id,
        conversation_id,
        messages or [QUESTION],
        answer,
        model="echo",
    )
    await session.commit()
    return kept


async def test_e8_what_was_said_is_read_back(
    client: httpx2.AsyncClient, session: AsyncSession, keyring: KeyRing, member: SignedIn
) -> None:
    """GIVEN a question and its answer that were kept
    WHEN their owner reads the conversation
    THEN both are there, in order, as the chat completions API writes them
    """
    await keep(session, keyring, member, said("system", "Be brief."), QUESTION)
    [shown] = (await client.get(URL, headers=member.headers)).json()["items"]
    assert shown["title"] == QUESTION.content
    assert (shown["model"], shown["message_count"]) == ("echo", 3)
    one = await client.get(f"{URL}/{shown['id']}", headers=member.headers)
    assert one.json() == shown
    read = await client.get(f"{URL}/{shown['id']}/messages", headers=member.headers)
    messages = read.json()["items"]
    assert [(m["role"], m["content"]) for m in messages] == [
        ("system", "Be brief."),
        ("user", QUESTION.content),
        ("assistant", ANSWER.content),
    ]
    assert [m["model"] for m in messages] == [None, None, "echo"]


async def test_e8_a_conversation_goes_on(
    client: httpx2.AsyncClient, session: AsyncSession, keyring: KeyRing, member: SignedIn
) -> None:
    """GIVEN a conversation that was kept, with tools in it
    WHEN it is resumed
    THEN the model is told all that was said, and what is new stands at its end
    """
    call = {"id": "call_1", "type": "function", "function": {"name": "ls", "arguments": "{}"}}
    first = await keep(session, keyring, member, answer=said("assistant", None, tool_calls=[call]))
    told = await history(session, keyring, member.user.id, first.id, more=1)
    assert [one.role for one in told] == ["user", "assistant"]
    assert told[1].tool_calls is not None
    assert told[1].tool_calls[0].function.name == "ls"
    result = said("tool", "a.py", tool_call_id="call_1")
    again = await keep(session, keyring, member, result, conversation_id=first.id)
    assert again.id == first.id
    whole = await history(session, keyring, member.user.id, first.id, more=0)
    assert whole == [*told, result, ANSWER]
    [shown] = (await client.get(URL, headers=member.headers)).json()["items"]
    assert shown["message_count"] == 4
    assert shown["title"] == QUESTION.content, "the first question names it"


async def test_e8_parts_and_images_are_kept_as_they_came(
    session: AsyncSession, keyring: KeyRing, member: SignedIn
) -> None:
    """GIVEN a question of several parts
    WHEN it is kept
    THEN it is read back as it came, and its words name the conversation
    """
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    parts = [{"type": "text", "text": "What is\nthis?"}, image]
    question = Message.model_validate({"role": "user", "content": parts})
    kept = await keep(session, keyring, member, question)
    assert (await history(session, keyring, member.user.id, kept.id, more=0))[0] == question
    assert keyring.open(kept, "title") == "What is this?"


async def test_e8_an_answer_that_never_came_leaves_the_question(
    client: httpx2.AsyncClient, session: AsyncSession, keyring: KeyRing, member: SignedIn
) -> None:
    """GIVEN a model that failed before its first word
    WHEN the conversation is read
    THEN the question is there, alone
    """
    kept = await keep(session, keyring, member, answer=None)
    assert kept.message_count == 1
    assert kept.model is None
    [shown] = (await client.get(URL, headers=member.headers)).json()["items"]
    assert shown["message_count"] == 1


async def test_e8_a_stolen_database_says_nothing(
    session: AsyncSession, keyring: KeyRing, member: SignedIn
) -> None:
    """GIVEN a conversation that was kept
    WHEN its rows are read without the keys
    THEN no word of it is there
    """
    await keep(session, keyring, member)
    for table in ("conversations", "conversation_messages"):
        rows = await session.execute(text(f"SELECT to_jsonb(t) FROM {table} t"))  # noqa: S608
        raw = repr(rows.all())
        assert CANARY not in raw
        assert CANARY.encode().hex() not in raw


async def test_e8_conversations_are_listed_the_latest_first_in_pages(
    client: httpx2.AsyncClient,
    session: AsyncSession,
    keyring: KeyRing,
    member: SignedIn,
    queries: QueryCounter,
) -> None:
    """GIVEN three conversations of which the first was continued last
    WHEN they are listed in pages
    THEN that one comes first, each comes once, and a page costs one statement
    """
    kept = [await keep(session, keyring, member, said("user", str(n))) for n in range(3)]
    await keep(session, keyring, member, conversation_id=kept[0].id)
    seen: list[str] = []
    cursor = ""
    while True:
        with queries.at_most(2):  # the caller's session is looked up, too
            page = await client.get(f"{URL}?limit=2{cursor}", headers=member.headers)
        seen += [one["title"] for one in page.json()["items"]]
        if page.json()["next_cursor"] is None:
            break
        cursor = f"&cursor={page.json()['next_cursor']}"
    assert seen == ["0", "2", "1"]


async def test_e8_a_conversation_is_begun_and_renamed(
    client: httpx2.AsyncClient, session: AsyncSession, keyring: KeyRing, member: SignedIn
) -> None:
    """GIVEN a conversation that was begun without a word
    WHEN it is given a name, and then a first question
    THEN its owner's name stays
    """
    begun = await client.post(URL, json={}, headers=member.headers)
    assert begun.status_code == 201
    assert begun.json()["title"] is None
    url = f"{URL}/{begun.json()['id']}"
    assert begun.headers["location"] == url
    named = await client.patch(url, json={"title": "  The parser  "}, headers=member.headers)
    assert named.json()["title"] == "The parser"
    found = decode_public_id("conv", begun.json()["id"])
    await keep(session, keyring, member, conversation_id=found)
    after = (await client.get(url, headers=member.headers)).json()
    assert (after["title"], after["message_count"]) == ("The parser", 2)
    cleared = await client.patch(url, json={"title": None}, headers=member.headers)
    assert cleared.json()["title"] is None
    await keep(session, keyring, member, conversation_id=found)
    assert (await client.get(url, headers=member.headers)).json()["title"] is None


async def test_e8_a_deleted_conversation_is_gone_for_good(
    client: httpx2.AsyncClient, session: AsyncSession, keyring: KeyRing, member: SignedIn
) -> None:
    """GIVEN a conversation that was kept
    WHEN its owner deletes it
    THEN no row of it is left, and it cannot be resumed
    """
    await keep(session, keyring, member)
    [shown] = (await client.get(URL, headers=member.headers)).json()["items"]
    url = f"{URL}/{shown['id']}"
    assert (await client.delete(url, headers=member.headers)).status_code == 204
    for again in (
        client.get(url, headers=member.headers),
        client.delete(url, headers=member.headers),
    ):
        assert (await again).status_code == 404
    assert (await session.scalars(select(ConversationMessage.id))).all() == []
    gone = decode_public_id("conv", shown["id"])
    with pytest.raises(NotFoundError):
        await history(session, keyring, member.user.id, gone, more=1)
    with pytest.raises(NotFoundError):  # deleted while the model was answering
        await keep(session, keyring, member, conversation_id=gone)


async def test_e8_all_conversations_are_deleted_at_once(
    client: httpx2.AsyncClient,
    session: AsyncSession,
    keyring: KeyRing,
    member: SignedIn,
    signed_in: SignIn,
) -> None:
    """GIVEN two users who keep conversations
    WHEN one of them deletes all
    THEN the other's are left
    """
    other = await signed_in()
    for owner in (member, member, other):
        await keep(session, keyring, owner)
    assert (await client.delete(URL, headers=member.headers)).status_code == 204
    assert (await client.get(URL, headers=member.headers)).json()["items"] == []
    assert len((await client.get(URL, headers=other.headers)).json()["items"]) == 1


async def test_e8_anothers_conversation_is_as_good_as_none(
    session: AsyncSession, keyring: KeyRing, member: SignedIn, signed_in: SignIn
) -> None:
    """GIVEN somebody else's conversation
    WHEN it is resumed, or added to
    THEN it is not there, and nothing is added
    """
    theirs = await keep(session, keyring, await signed_in())
    with pytest.raises(NotFoundError):
        await history(session, keyring, member.user.id, theirs.id, more=1)
    with pytest.raises(NotFoundError):
        await keep(session, keyring, member, conversation_id=theirs.id)
    await session.refresh(theirs)
    assert theirs.message_count == 2


@pytest.mark.committed
async def test_e8_turns_that_end_at_the_same_time_stay_together(
    running: Running, session: AsyncSession, keyring: KeyRing, signed_in: SignIn
) -> None:
    """GIVEN a conversation that was resumed by twelve at once
    WHEN their answers end at the same moment
    THEN all turns are kept, each question right before its answer
    """
    owner = await signed_in()
    conversation_id = (await begin(session, owner.user.id)).id
    await session.commit()

    async def turn(number: int) -> None:
        asked, answered = said("user", f"{number}"), said("assistant", f"{number}")
        async with running.state["database"].session() as own:
            await record(
                own, keyring, owner.user.id, conversation_id, [asked], answered, model="echo"
            )

    await asyncio.gather(*(turn(number) for number in range(12)))
    told = await history(session, keyring, owner.user.id, conversation_id, more=0)
    assert [one.role for one in told] == ["user", "assistant"] * 12
    assert [one.content for one in told[::2]] == [one.content for one in told[1::2]]
    assert {one.content for one in told} == {str(number) for number in range(12)}


async def test_e8_a_conversation_has_an_end(
    session: AsyncSession, keyring: KeyRing, member: SignedIn
) -> None:
    """GIVEN a conversation with as many messages as one may have
    WHEN it is resumed
    THEN it is refused before a model is asked
    """
    kept = await keep(session, keyring, member)
    kept.message_count = MOST_MESSAGES - 1
    await session.commit()
    await history(session, keyring, member.user.id, kept.id, more=1)
    with pytest.raises(ConversationFullError):
        await history(session, keyring, member.user.id, kept.id, more=2)
