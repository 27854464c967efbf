"""The body limit's answer as a problem, also where no route was reached."""

from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from padstone.problems import ProblemResponse

__all__ = ["BodyLimitProblem"]


class BodyLimitProblem:
    """Stands around Starlette's body limit, which answers 413 in plain text by itself.

    That happens where the length was announced and nobody read the body: an unknown route, or a
    refused caller.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = False

        async def send_problem(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and _is_plain_413(message):
                replaced = True
                await self._problem(scope)(scope, receive, send)
            elif not replaced:
                await send(message)

        await self.app(scope, receive, send_problem)

    def _problem(self, scope: Scope) -> ProblemResponse:
        limit = scope.get(MAX_BODY_SIZE_SCOPE_KEY, self.limit)  # a route may have its own
        return ProblemResponse(
            scope,
            status=413,
            code="too_large",
            detail=f"The body is larger than {limit} bytes, which is the most that is read.",
        )


def _is_plain_413(message: Message) -> bool:
    return message["status"] == 413 and any(  # noqa: PLR2004
        name == b"content-type" and value.startswith(b"text/plain")
        for name, value in message.get("headers", ())
    )
