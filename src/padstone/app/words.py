"""Why an application does not start, in words where there are any."""

import asyncio
import sys

from starlette.types import Message, Send

from padstone.errors import PadstoneError

__all__ = ["in_words"]


def in_words(send: Send) -> Send:
    """``send`` of the lifespan, without the trace of an error that needs none.

    The framework reports whatever ends a start-up with its trace, which the server then logs. A
    database that does not answer is no defect, and a sentence says more.
    """

    async def say(message: Message) -> None:
        # It reports from within its ``except``, so that the error is the one being handled.
        error = sys.exception()
        if message["type"].endswith(".failed") and error is not None:
            if isinstance(error, PadstoneError):
                message = {**message, "message": error.detail}
            elif isinstance(error, asyncio.CancelledError):
                message = {**message, "message": "It was told to stop meanwhile."}
        await send(message)

    return say
