"""Calls to services elsewhere by HTTP, and to addresses that users supply.

A system whose settings inherit ``OutboundSettings`` has an ``OutboundClient`` in its state::

    answer = await client.request("GET", "https://rates.example/latest", params={"base": "EUR"})
    answer = await client.request("POST", row.webhook_url, json=event, guarded=True)

    async with client.stream("POST", url, json=question, silence=20) as answer:
        async for line in answer.aiter_lines(): ...

Every call is bounded in time, what is read whole in size. Calls are repeated only where that is
safe. A guarded call reaches public addresses only, whatever its URL, its redirects and the name
service say.
"""

from padstone.extras import extra

with extra("outbound"):
    from padstone.outbound.client import OutboundClient
    from padstone.outbound.dependencies import OutboundDep, outbound_of
    from padstone.outbound.errors import (
        AnswerTooLargeError,
        ForbiddenAddressError,
        OutboundTimeoutError,
        OutboundUnavailableError,
        TooManyRedirectsError,
        UnusableAnswerError,
    )

__all__ = [
    "AnswerTooLargeError",
    "ForbiddenAddressError",
    "OutboundClient",
    "OutboundDep",
    "OutboundTimeoutError",
    "OutboundUnavailableError",
    "TooManyRedirectsError",
    "UnusableAnswerError",
    "outbound_of",
]
