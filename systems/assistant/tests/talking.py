"""What the tests of completions share: who asks what, and of whom."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import MeteredCall, User
from padstone.testing.upstreams import Upstreams

__all__ = ["PRICES", "balance_of", "calls_of", "frames", "providers", "question", "settings_of"]

PRICES = {"echo*": [1_000_000, 2_000_000], "double*": [1_000_000, 2_000_000]}
"""A micro for a token that is read, two for one that is written."""


def question(model: str = "echo", said: str = "Say hello.", **options: Any) -> dict[str, Any]:
    """A request's body."""
    return {"model": model, "messages": [{"role": "user", "content": said}], **options}


def frames(body: str) -> list[Any]:
    """The data of a stream's events, read as JSON; comments are left out."""
    data = [line.removeprefix("data: ") for line in body.splitlines() if line.startswith("data: ")]
    return [one if one == "[DONE]" else json.loads(one) for one in data]


def providers(upstreams: Upstreams, models: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each model at an upstream that speaks OpenAI's language; what follows ``@`` is another's."""
    entries = []
    for number, (name, given) in enumerate(models.items()):
        model, _, kind = given.partition("@")
        is_anthropic = kind == "anthropic"
        entries.append(
            {
                "name": f"upstream-{number}",
                "kind": kind or "openai",
                "base_url": upstreams.url if is_anthropic else upstreams.openai_url,
                "key": upstreams.KEY,
                "models": {name: model},
            }
        )
    return entries


def settings_of(upstreams: Upstreams, models: Mapping[str, str]) -> dict[str, str]:
    """The environment of a server with these models."""
    return {
        "PROVIDERS": json.dumps(providers(upstreams, models)),
        "PRICES": json.dumps(PRICES),
    }


async def calls_of(session: AsyncSession, user: User) -> list[MeteredCall]:
    """What the user has asked for, in order."""
    statement = select(MeteredCall).where(MeteredCall.account_id == user.id)
    fresh = statement.order_by(MeteredCall.id).execution_options(populate_existing=True)
    return list(await session.scalars(fresh))


async def balance_of(session: AsyncSession, user: User) -> int:
    """What the user can spend."""
    statement = select(User.credits_balance_micros).where(User.id == user.id)
    return (await session.scalars(statement)).one()
