"""E8: completions that are kept on request, gone on with, and never in a log."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from people import SignedIn, SignIn, bearer
from talking import question, settings_of

from padstone import log
from padstone.testing.logs import logging_kept
from padstone.testing.servers import ServerProcess
from padstone.testing.upstreams import Upstreams

CHAT = "/v1/chat/completions"
URL = "/api/v1/conversations"
CANARY = "canary-3e9a-in-no-log"
StartServers = Callable[..., Awaitable[list[ServerProcess]]]


async def kept(client: httpx2.AsyncClient, owner: SignedIn) -> list[dict[str, Any]]:
    """The owner's conversations."""
    items: list[dict[str, Any]] = (await client.get(URL, headers=owner.headers)).json()["items"]
    return items


async def said_in(
    client: httpx2.AsyncClient, owner: SignedIn, conversation_id: str
) -> list[tuple[str, Any]]:
    """Who said what."""
    read = await client.get(f"{URL}/{conversation_id}/messages", headers=owner.headers)
    assert read.status_code == 200, read.text
    return [(one["role"], one["content"]) for one in read.json()["items"]]


@pytest.mark.parametrize("stream", [False, True])
async def test_e8_a_completion_is_kept_on_request(
    client: httpx2.AsyncClient,
    member: SignedIn,
    stream: bool,  # noqa: FBT001
) -> None:
    """GIVEN a completion that says `store`, whole or streamed
    WHEN it has been answered
    THEN the conversation is listed under the id in the header, with question and answer
    """
    asked = question(said="What is a lintel?", store=True, stream=stream)
    answer = await client.post(CHAT, json=asked, headers=member.headers)
    assert answer.status_code == 200, answer.text
    [one] = await kept(client, member)
    assert one["id"] == answer.headers["x-conversation-id"]
    assert (one["title"], one["model"]) == ("What is a lintel?", "echo")
    assert await said_in(client, member, one["id"]) == [
        ("user", "What is a lintel?"),
        ("assistant", "What is a lintel?"),
    ]


@pytest.mark.parametrize("store", [None, False])
async def test_e8_nothing_is_kept_that_nobody_asked_for(
    client: httpx2.AsyncClient,
    member: SignedIn,
    store: bool | None,  # noqa: FBT001
) -> None:
    """GIVEN a completion that does not say `store`
    WHEN it has been answered
    THEN there is no conversation
    """
    answer = await client.post(CHAT, json=question(store=store), headers=member.headers)
    assert answer.status_code == 200
    assert "x-conversation-id" not in answer.headers
    assert await kept(client, member) == []


@pytest.mark.committed
async def test_e8_a_conversation_is_gone_on_with(
    server: StartServers, signed_in: SignIn, upstreams: Upstreams
) -> None:
    """GIVEN a stored conversation
    WHEN a completion names it, with what is new alone
    THEN the model is told all of it, and the turn stands at its end
    """
    pro = await signed_in(plan="pro")
    [one] = await server(**settings_of(upstreams, {"double": "double?tokens=3"}))
    async with httpx2.AsyncClient(base_url=one.url, timeout=60) as client:
        first = question("double", "One, e8-again?", store=True)
        begun = await client.post(CHAT, json=first, headers=pro.headers)
        conversation_id = begun.headers["x-conversation-id"]
        more = question("double", "And two, e8-again?", conversation_id=conversation_id)
        again = await client.post(CHAT, json=more, headers=pro.headers)
        assert again.headers["x-conversation-id"] == conversation_id
        turns = await said_in(client, pro, conversation_id)
    assert [who for who, _ in turns] == ["user", "assistant", "user", "assistant"]
    [heard] = await upstreams.produced("And two, e8-again?")
    assert [(m["role"], m["content"]) for m in heard.body["messages"]] == turns[:3]


@pytest.mark.committed
async def test_e8_an_answer_whose_reader_has_left_is_kept(
    server: StartServers, signed_in: SignIn, upstreams: Upstreams
) -> None:
    """GIVEN a stream that is to be kept
    WHEN its client leaves at the first word
    THEN the whole answer is kept
    """
    pro = await signed_in(plan="pro")
    [one] = await server(**settings_of(upstreams, {"double": "double?tokens=20&delay=0.01"}))
    async with httpx2.AsyncClient(base_url=one.url, timeout=60) as client:
        asked = question("double", "Go on without me.", store=True, stream=True)
        async with client.stream("POST", CHAT, json=asked, headers=pro.headers) as answer:
            conversation_id = answer.headers["x-conversation-id"]
            await anext(answer.aiter_lines())
        async with asyncio.timeout(30):
            while not await kept(client, pro):
                await asyncio.sleep(0.05)
        turns = await said_in(client, pro, conversation_id)
        whole = question("double", "Go on without me.")
        full = (await client.post(CHAT, json=whole, headers=pro.headers)).json()
    assert turns[1] == ("assistant", full["choices"][0]["message"]["content"])


async def test_e8_somebody_elses_conversation_is_not_gone_on_with(
    client: httpx2.AsyncClient, member: SignedIn, signed_in: SignIn
) -> None:
    """GIVEN somebody else's conversation, one that is not there, and one that is no id
    WHEN a completion names it
    THEN it is refused, the first two with the same words, and costs nothing
    """
    other = await signed_in()
    begun = await client.post(CHAT, json=question(store=True), headers=other.headers)
    theirs = begun.headers["x-conversation-id"]
    nobodys = "conv_01h455vb4pex5vsknk084sn02q"
    answers = [
        await client.post(CHAT, json=question(conversation_id=one), headers=member.headers)
        for one in (theirs, nobodys, "conv_1")
    ]
    assert [one.status_code for one in answers] == [404, 404, 400]
    assert answers[0].json() == answers[1].json()
    assert answers[2].json()["error"]["param"] == "conversation_id"
    assert len(await said_in(client, other, theirs)) == 2
    balance = await client.get("/api/v1/credits", headers=member.headers)
    assert balance.json() == {"balance_micros": 5_000_000, "held_micros": 0}


async def test_e8_a_full_conversation_is_refused_in_openais_words(
    client: httpx2.AsyncClient, member: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GIVEN a conversation that has as many messages as one may have
    WHEN a completion goes on with it
    THEN it is 409 before a model is asked
    """
    from app.services import conversations

    begun = await client.post(CHAT, json=question(store=True), headers=member.headers)
    named = {"conversation_id": begun.headers["x-conversation-id"]}
    monkeypatch.setattr(conversations, "MOST_MESSAGES", 3)
    answer = await client.post(CHAT, json=question(**named), headers=member.headers)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "conversation_full"


async def test_e8_a_key_that_may_keep_nothing_keeps_nothing(
    client: httpx2.AsyncClient, member: SignedIn
) -> None:
    """GIVEN a key that may talk to models and no more
    WHEN it asks for a completion to be kept, or goes on with a conversation
    THEN it is 403, and without that it is answered
    """
    begun = await client.post(CHAT, json=question(store=True), headers=member.headers)
    body = {"name": "talker", "scopes": ["chat:write"]}
    made = await client.post("/api/v1/keys", json=body, headers=member.headers)
    key = bearer(made.json()["secret"])
    named = {"conversation_id": begun.headers["x-conversation-id"]}
    for asked in (question(store=True), question(**named)):
        assert (await client.post(CHAT, json=asked, headers=key)).status_code == 403
    assert (await client.get(URL, headers=key)).status_code == 403
    assert (await client.post(CHAT, json=question(), headers=key)).status_code == 200


async def test_e8_what_was_said_is_in_no_log(
    client: httpx2.AsyncClient, member: SignedIn, capfd: pytest.CaptureFixture[str]
) -> None:
    """GIVEN the most talkative log there is
    WHEN a canary is asked, streamed, kept, read, renamed, refused and sent in a broken body
    THEN there are log lines, and it is in none of them
    """
    bad = {"model": CANARY, "messages": [{"role": CANARY, "content": CANARY}]}
    with logging_kept():
        log.configure(level="DEBUG", form="json")
        capfd.readouterr()
        statuses = []
        for stream in (False, True):
            asked = question(said=CANARY, store=True, stream=stream)
            answer = await client.post(CHAT, json=asked, headers=member.headers)
            statuses.append(answer.status_code)
            url = f"{URL}/{answer.headers['x-conversation-id']}"
        answers = (
            await client.get(f"{url}/messages", headers=member.headers),
            await client.patch(url, json={"title": CANARY}, headers=member.headers),
            await client.post(CHAT, json=question(said=CANARY, n=2), headers=member.headers),
            await client.post(CHAT, json=bad, headers=member.headers),
            await client.post(CHAT, content=f'{{"a": "{CANARY}', headers=member.headers),
            await client.post(CHAT, json=question("nobody", CANARY), headers=member.headers),
        )
        statuses += [answer.status_code for answer in answers]
        written = capfd.readouterr()
    assert statuses[:4] == [200] * 4
    assert all(400 <= status < 500 for status in statuses[4:])
    lines = [json.loads(line) for line in written.err.splitlines()]
    assert len([line for line in lines if line["event"] == "request"]) == len(statuses)
    assert CANARY not in written.err + written.out


@pytest.mark.committed
async def test_e8_what_was_said_is_in_no_log_of_a_server(
    server: StartServers, signed_in: SignIn, upstreams: Upstreams
) -> None:
    """GIVEN a server whose providers fail in every way
    WHEN a canary is asked of each
    THEN it is in no line of the server's log, nor in an answer that is an error
    """
    pro = await signed_in(plan="pro")
    models = {
        "double-1": "double?status=500",
        "double-2": "double?status=429",
        "double-3": "double?tokens=20&cut=5",
        "double-4": "double?garbage=json",
    }
    [one] = await server(LOG_LEVEL="DEBUG", **settings_of(upstreams, models))
    async with httpx2.AsyncClient(base_url=one.url, timeout=60) as client:
        for model in models:
            for stream in (False, True):
                asked = question(model, CANARY, stream=stream, store=True)
                answer = await client.post(CHAT, json=asked, headers=pro.headers)
                if answer.status_code != 200:
                    assert CANARY not in answer.text
        assert (await client.get("/health")).status_code == 200
    assert await one.stop() == 0
    written = one.log.read_text()
    assert "/chat/completions" in written
    assert CANARY not in written
    assert upstreams.KEY not in written
