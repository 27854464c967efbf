from typing import Any

import pytest

from chats import ask
from padstone.providers import EchoProvider, ProviderRefusedError, estimate_tokens

TOOL = {"type": "function", "function": {"name": "look"}}
OTHER = {"type": "function", "function": {"name": "find"}}


async def test_it_says_what_the_user_said_last() -> None:
    said = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "First."}]
    said += [{"role": "assistant", "content": "First."}, {"role": "user", "content": "Then this."}]
    completion = await EchoProvider().complete(ask(messages=said))
    assert completion.text == "Then this."
    assert completion.usage is not None
    assert completion.usage.is_estimate
    assert (completion.usage.prompt_tokens, completion.usage.completion_tokens) == (8, 3)


async def test_the_same_request_has_the_same_answer() -> None:
    def shown(one: Any) -> Any:
        return one.model_copy(update={"created": 0})

    once, again, other = [await EchoProvider().complete(ask(said=said)) for said in "aab"]
    assert shown(once) == shown(again)
    assert once.id != other.id


async def test_it_ends_where_it_must() -> None:
    completion = await EchoProvider().complete(ask(said="abcdefghij", max_tokens=2))
    assert completion.text == "abcdefgh"
    assert completion.choices[0].finish_reason == "length"
    whole = await EchoProvider().complete(ask(said="abcdefgh", max_tokens=2))
    assert whole.choices[0].finish_reason == "stop"


@pytest.mark.parametrize(
    ("choice", "name"),
    [("required", "look"), ({"type": "function", "function": {"name": "find"}}, "find")],
)
async def test_it_calls_a_tool_that_must_be_called(choice: Any, name: str) -> None:
    asked = ask(tools=[TOOL, OTHER], tool_choice=choice)
    [one] = (await EchoProvider().complete(asked)).choices
    assert one.finish_reason == "tool_calls"
    [call] = one.message.tool_calls or []
    assert call["function"] == {"name": name, "arguments": "{}"}


async def test_it_calls_no_tool_that_need_not_be() -> None:
    [one] = (await EchoProvider().complete(ask(tools=[TOOL], tool_choice="auto"))).choices
    assert one.finish_reason == "stop"


async def test_without_a_user_it_says_nothing() -> None:
    completion = await EchoProvider().complete(ask(messages=[{"role": "system", "content": "x"}]))
    assert completion.text == ""
    assert completion.choices[0].finish_reason == "stop"


@pytest.mark.parametrize(
    "options",
    [
        {"n": 2},
        {
            "messages": [
                {
                    "role": "user",
                    "content": [{"type": "image_url", "image_url": {"url": "https://e.example"}}],
                }
            ]
        },
    ],
)
async def test_it_refuses_what_it_cannot_do(options: dict[str, Any]) -> None:
    with pytest.raises(ProviderRefusedError):
        await EchoProvider().complete(ask(**options))


@pytest.mark.parametrize(("characters", "tokens"), [(0, 0), (1, 1), (4, 1), (5, 2)])
def test_four_characters_are_a_token(characters: int, tokens: int) -> None:
    assert estimate_tokens(characters) == tokens
