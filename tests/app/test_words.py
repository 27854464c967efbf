import asyncio

import pytest
from starlette.types import Message

from padstone.app.words import in_words
from padstone.errors import UnavailableError


async def sent(error: BaseException | None, kind: str = "lifespan.startup.failed") -> Message:
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    message = {"type": kind, "message": "Traceback …"}
    if error is None:
        await in_words(send)(message)
    else:
        try:
            raise error  # noqa: TRY301
        except BaseException:  # noqa: BLE001
            await in_words(send)(message)
    (found,) = messages
    return found


async def test_an_error_with_words_is_told_by_them() -> None:
    message = await sent(UnavailableError("PostgreSQL does not answer."))
    assert message == {
        "type": "lifespan.startup.failed",
        "message": "PostgreSQL does not answer.",
    }


async def test_being_told_to_stop_is_no_defect() -> None:
    message = await sent(asyncio.CancelledError())
    assert "Traceback" not in message["message"]


@pytest.mark.parametrize("error", [KeyError("x"), None])
async def test_anything_else_keeps_its_trace(error: BaseException | None) -> None:
    assert (await sent(error))["message"] == "Traceback …"


async def test_other_messages_are_left_alone() -> None:
    message = await sent(UnavailableError("x"), "lifespan.startup.complete")
    assert message["message"] == "Traceback …"
