"""Conversations that the tests of several rooms ask for."""

from typing import Any

from padstone.providers import ChatRequest

__all__ = ["ask"]


def ask(model: str = "double", said: str = "Say it.", **options: Any) -> ChatRequest:
    """A request in which the user says one thing."""
    values = {"messages": [{"role": "user", "content": said}], **options}
    return ChatRequest.model_validate({"model": model, **values})
