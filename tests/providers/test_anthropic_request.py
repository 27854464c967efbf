from typing import Any

import pytest

from chats import ask
from padstone.providers import ProviderRefusedError
from padstone.providers.anthropic_request import DEFAULT_TOKENS, anthropic_request

TOOL = {
    "type": "function",
    "function": {"name": "look", "description": "Looks.", "parameters": {"type": "object"}},
}
CALL = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"a": 1}'}}


def text(said: str) -> dict[str, str]:
    return {"type": "text", "text": said}


def user(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": list(parts)}]}


def test_a_conversation_is_told_in_turns() -> None:
    said = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hello."},
        {"role": "user", "content": "Look."},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "content": "It is blue.", "tool_call_id": "c1"},
        {"role": "user", "content": "And now?"},
        {"role": "developer", "content": "Be short."},
    ]
    body = anthropic_request(ask("claude", messages=said, tools=[TOOL], stop="x"))
    assert body == {
        "model": "claude",
        "max_tokens": DEFAULT_TOKENS,
        "stream": True,
        "stop_sequences": ["x"],
        "system": [text("Be kind."), text("Be short.")],
        "tools": [{"name": "look", "description": "Looks.", "input_schema": {"type": "object"}}],
        "tool_choice": {"type": "auto"},
        "messages": [
            {"role": "user", "content": [text("Hello."), text("Look.")]},
            {
                "role": "assistant",
                "content": [{"type": "tool_use", "id": "c1", "name": "look", "input": {"a": 1}}],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "c1",
                        "content": [text("It is blue.")],
                    },
                    text("And now?"),
                ],
            },
        ],
    }


@pytest.mark.parametrize(
    ("choice", "parallel", "told"),
    [
        (None, None, {"type": "auto"}),
        ("required", None, {"type": "any"}),
        ("none", False, {"type": "none"}),
        ("auto", False, {"type": "auto", "disable_parallel_tool_use": True}),
        (
            {"type": "function", "function": {"name": "look"}},
            None,
            {"type": "tool", "name": "look"},
        ),
    ],
)
def test_which_tool_is_told(choice: Any, parallel: bool | None, told: dict[str, Any]) -> None:  # noqa: FBT001
    asked = ask(tools=[TOOL], tool_choice=choice, parallel_tool_calls=parallel)
    assert anthropic_request(asked)["tool_choice"] == told


def test_numbers_are_passed_on_as_far_as_they_go() -> None:
    body = anthropic_request(ask(temperature=1.5, top_p=0.5, max_tokens=7, seed=1, stop=["a", "b"]))
    assert (body["temperature"], body["top_p"], body["max_tokens"]) == (1.0, 0.5, 7)
    assert body["stop_sequences"] == ["a", "b"]
    assert "seed" not in body


@pytest.mark.parametrize(
    ("part", "block"),
    [
        (
            {"type": "image_url", "image_url": {"url": "https://e.example/i"}},
            {"type": "image", "source": {"type": "url", "url": "https://e.example/i"}},
        ),
        (
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            {
                "type": "image",
                "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"},
            },
        ),
        (
            {"type": "file", "file": {"file_data": "data:application/pdf;base64,AAAA"}},
            {
                "type": "document",
                "source": {"type": "base64", "media_type": "application/pdf", "data": "AAAA"},
            },
        ),
    ],
)
def test_images_and_documents_are_translated(part: dict[str, Any], block: dict[str, Any]) -> None:
    [turn] = anthropic_request(ask(**user(part)))["messages"]
    assert turn["content"] == [block]


@pytest.mark.parametrize(
    "options",
    [
        {"n": 2},
        {"logprobs": True},
        {"response_format": {"type": "json_object"}},
        {"messages": [{"role": "system", "content": "only"}]},
        {"messages": [{"role": "user", "content": ""}]},
        user({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "mp3"}}),
        user({"type": "file", "file": {"file_id": "f"}}),
        user({"type": "image_url", "image_url": {"url": "http://e.example/i"}}),
        user({"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}),
        {
            "messages": [
                {
                    "role": "system",
                    "content": [{"type": "image_url", "image_url": {"url": "https://e.example"}}],
                }
            ]
        },
        *(
            {
                "messages": [
                    {
                        "role": "assistant",
                        "tool_calls": [
                            {"id": "c", "function": {"name": "look", "arguments": arguments}}
                        ],
                    }
                ]
            }
            for arguments in ("[1]", "{", "7")
        ),
    ],
)
def test_what_has_no_counterpart_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ProviderRefusedError):
        anthropic_request(ask(**options))


def test_what_is_text_anyway_is_no_format() -> None:
    assert anthropic_request(ask(response_format={"type": "text"}, n=1, logprobs=False))


def test_a_call_without_arguments_has_none() -> None:
    call = {"id": "c", "function": {"name": "look", "arguments": ""}}
    said = [{"role": "assistant", "tool_calls": [call]}]
    [turn] = anthropic_request(ask(messages=said))["messages"]
    assert turn["content"][0]["input"] == {}
