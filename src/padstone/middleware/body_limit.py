"""The body limit's answer as a problem, also where no route was reached."""

from collections.abc import Awaitable

from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from padstone.problems import ProblemResponse

__all__ = ["BodyLimitProblem"]

TOO_LARGE = 413


class BodyLimitProblem:
    """Stands around Starlette's body limit, which answers 413 in plain text by itself.

    That happens where the length was announced and nobody read the body: an unknown route, or a
    refused caller.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return self.app(scope, receive, send)
        replaced = False

        def send_problem(message: Message) -> Awaitable[None]:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] == TOO_LARGE:
                replaced = _is_plain(message)
                if replaced:
                    return self._problem(scope)(scope, receive, send)
            return _nothing() if replaced else send(message)

        return self.app(scope, receive, send_problem)

    def _problem(self, scope: Scope) -> ProblemResponse:
        limit = scope.get(MAX_BODY_SIZE_SCOPE_KEY, self.limit)  # a route may have its own
        return ProblemResponse(
            scope,
            status=TOO_LARGE,
            code="too_large",
            detail=f"The body is larger than {limit} bytes, which is the most that is read.",
        )


def _is_plain(message: Message) -> bool:
    return any(
        name == b"content-type" and value.startswith(b"text/plain")
        for name, value in message.get("headers", ())
    )


async def _nothing() -> None:
    """In place of sending what was replaced."""
