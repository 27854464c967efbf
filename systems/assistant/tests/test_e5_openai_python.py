"""E5: OpenAI's own client for Python, unchanged, against a running server."""

from collections.abc import AsyncIterator, Awaitable, Callable

import openai
import pytest
import pytest_asyncio
from people import SignedIn, SignIn
from sqlalchemy.ext.asyncio import AsyncSession
from talking import balance_of, settings_of

from app.services.credits import ledger
from padstone.testing.servers import ServerProcess
from padstone.testing.upstreams import Upstreams

pytestmark = pytest.mark.committed

StartServers = Callable[..., Awaitable[list[ServerProcess]]]
Client = openai.AsyncOpenAI
MODELS = {
    "double": "double?tokens=4",
    "double-tool": "double?tool=look",
    "double-claude": "double?tokens=2@anthropic",
    "double-down": "double?status=500",
    "double-cut": "double?tokens=9&cut=5",
}
SAY = [{"role": "user", "content": "Say it."}]
TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}


@pytest_asyncio.fixture
async def pro(signed_in: SignIn) -> SignedIn:
    return await signed_in(plan="team")


@pytest_asyncio.fixture
async def url(server: StartServers, upstreams: Upstreams) -> str:
    [one] = await server(**settings_of(upstreams, MODELS))
    return one.url


@pytest_asyncio.fixture
async def client(url: str, pro: SignedIn) -> AsyncIterator[Client]:
    key = pro.headers["Authorization"].removeprefix("Bearer ")
    async with Client(base_url=f"{url}/v1", api_key=key, max_retries=0) as opened:
        yield opened


async def test_e5_the_python_client_works_unchanged(
    client: Client, url: str, session: AsyncSession, pro: SignedIn
) -> None:
    """GIVEN OpenAI's client with our address
    WHEN it lists models, completes, streams and calls a tool
    THEN it reads the answers as it reads OpenAI's
    """
    assert {model.id async for model in client.models.list()} == set(MODELS)
    assert (await client.models.retrieve("double")).owned_by == "upstream-0"
    whole = await client.chat.completions.create(model="double", messages=SAY)  # type: ignore[arg-type]  # plain data
    assert whole.choices[0].message.content == "word0 word1 word2 word3 "
    assert whole.choices[0].finish_reason == "stop"
    assert whole.usage is not None
    assert (whole.usage.prompt_tokens, whole.usage.completion_tokens) == (2, 4)
    await _streams(client)
    tool = await client.chat.completions.create(
        model="double-tool",
        messages=SAY,
        tools=[TOOL],  # type: ignore[arg-type, list-item]  # plain data
    )
    [call] = tool.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert (call.function.name, call.function.arguments.strip()) == ("look", "{}")
    claude = await client.chat.completions.create(model="double-claude", messages=SAY)  # type: ignore[arg-type]  # plain data
    assert claude.choices[0].message.content == "word0 word1 "
    await _raises_what_it_knows(client, url, session, pro)


async def _streams(client: Client) -> None:
    said, usage = [], None
    stream = await client.chat.completions.create(
        model="double",
        messages=SAY,  # type: ignore[arg-type]  # plain data
        stream=True,
        stream_options={"include_usage": True},
    )
    async for chunk in stream:
        said += [choice.delta.content or "" for choice in chunk.choices]
        usage = chunk.usage or usage
    assert "".join(said) == "word0 word1 word2 word3 "
    assert usage is not None
    assert usage.total_tokens == 6


async def _raises_what_it_knows(
    client: Client, url: str, session: AsyncSession, pro: SignedIn
) -> None:
    async def ask(model: str, **options: object) -> object:
        return await client.chat.completions.create(model=model, messages=SAY, **options)  # type: ignore[call-overload]  # plain data

    with pytest.raises(openai.NotFoundError) as missing:
        await ask("gpt-9")
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as bad:
        await ask("double", temperature=9)
    assert bad.value.param == "temperature"
    with pytest.raises(openai.InternalServerError):
        await ask("double-down")
    with pytest.raises(openai.APIError) as cut:
        async for _ in await ask("double-cut", stream=True):  # type: ignore[attr-defined]  # a stream
            pass
    assert cut.value.code == "provider_unavailable"
    async with Client(base_url=f"{url}/v1", api_key="sk_live_nonsense", max_retries=0) as stranger:
        with pytest.raises(openai.AuthenticationError) as unknown:
            await stranger.models.list()
        assert unknown.value.code == "invalid_api_key"
    balance = await balance_of(session, pro.user)
    await ledger.debit(session, pro.user.id, balance, key="spent")
    await session.commit()
    with pytest.raises(openai.APIStatusError) as poor:
        await ask("double")
    assert (poor.value.status_code, poor.value.code) == (402, "insufficient_quota")
