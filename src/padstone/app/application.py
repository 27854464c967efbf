"""The application: a ``FastAPI`` with its settings, its plan, and one layer around everything."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from padstone import backing
from padstone.app.periodic import Periodic
from padstone.app.words import in_words
from padstone.auth import ApiKeys
from padstone.auth.cookie_sessions import CSRF_HEADER, CookieSessions, cookie_name
from padstone.auth.openapi import document_credentials
from padstone.auth.rate_limits import document_limits
from padstone.auth.users import Users
from padstone.events import EventLog, document_streams
from padstone.express import DirectRoutes, ExpressDoor, Known, PathTable
from padstone.health import Check
from padstone.jobs import Jobs
from padstone.middleware import BodyLimitProblem, Cors, Metrics, RequestContext, security_headers
from padstone.problems import ProblemForm, document_problems
from padstone.schemas import name_documented
from padstone.seed import Seed
from padstone.settings import Settings

if TYPE_CHECKING:
    # A system that meters imports it itself; another one should not pay for the import.
    from padstone.metering import Meter

__all__ = ["Application", "Plan"]

_LOOKING_SECONDS = 1.0
"""How soon OpenTelemetry is noticed that was set up after the first request."""

CheckFactory = Callable[[Mapping[str, Any]], Check]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a system asked ``create_app`` for: read by the lifespan and by the command line."""

    api_keys: ApiKeys | None = None
    users: Users | None = None
    sessions: CookieSessions | None = None
    seed: Seed | None = None
    periodic: Sequence[Periodic] = ()
    jobs: Jobs | None = None
    event_logs: Sequence[EventLog] = ()
    meter: "Meter[Any] | None" = None
    checks: Mapping[str, CheckFactory] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()


class Application(FastAPI):
    """A ``FastAPI`` in every respect; routers, dependencies and middleware are added as usual."""

    def __init__(
        self,
        settings: Settings,
        plan: Plan,
        *,
        problem_form: ProblemForm | None = None,
        **options: Any,
    ) -> None:
        super().__init__(max_body_size=settings.MAX_BODY_BYTES, **options)
        self.settings = settings
        self.plan = plan
        self.problem_form = problem_form
        self.metrics = Metrics()
        self._traced, self._looks_at = False, 0.0
        # What answers each path; the lifespan compiles it, since all routes are known then.
        self.express: PathTable[Known] | None = None
        # How the lifespan comes by the services' addresses. Tests hand in their own.
        self.attach: Callable[[Settings], backing.Backing[Settings]] = backing.attach

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or starts and stops the application."""
        if scope["type"] == "lifespan":
            await super().__call__(scope, receive, in_words(send))
        elif self._is_traced():
            await super().__call__(scope, receive, send)
        else:
            if self.root_path:
                scope["root_path"] = self.root_path
            # What FastAPI's own comes to while nothing is to be traced.
            await Starlette.__call__(self, scope, receive, send)

    def _is_traced(self) -> bool:
        """Whether somebody has set up OpenTelemetry: FastAPI looks at each request, and dearly."""
        now = time.monotonic()
        if now >= self._looks_at:
            self._looks_at = now + _LOOKING_SECONDS
            self._traced = self._native_telemetry.enabled()
        return self._traced

    def build_middleware_stack(self) -> ASGIApp:
        """From the outside: request context, CORS, express lane, FastAPI's own layers."""
        settings = self.settings
        cors = Cors(
            self._door_and_beyond(),
            allow_origins=settings.ALLOWED_ORIGINS,
            allow_credentials=settings.ALLOW_CREDENTIALS,
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-Match",
                "If-None-Match",
                "Last-Event-ID",
                "X-API-Key",
                CSRF_HEADER,
                "X-Request-ID",
            ],
            expose_headers=[
                "ETag",
                "Idempotency-Replayed",
                "Location",
                "RateLimit-Limit",
                "RateLimit-Policy",
                "RateLimit-Remaining",
                "RateLimit-Reset",
                "Retry-After",
                "Server-Timing",
                "X-Request-ID",
            ],
            max_age=600,
        )
        return RequestContext(
            cors,
            metrics=self.metrics,
            headers=security_headers(deployed=settings.is_deployed),
            trusted_proxies=settings.TRUSTED_PROXIES,
        )

    def _door_and_beyond(self) -> ASGIApp:
        most = self.settings.MAX_BODY_BYTES
        door = partial(ExpressDoor, owner=self, table=lambda: self.express, most=most)
        own, router = self.user_middleware, self.router
        try:
            # What a system adds comes before the door, and so does all of FastAPI's then.
            self.user_middleware = [*own, Middleware(door)] if own else []
            self.router = DirectRoutes(router)  # type: ignore[assignment]  # which is asked as one
            beyond = super().build_middleware_stack()
        finally:
            self.user_middleware, self.router = own, router
        beyond = BodyLimitProblem(beyond, most)
        return beyond if own else door(beyond)

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, with the errors of every operation."""
        if self.openapi_schema is None:
            schema = document_problems(document_limits(self, self._described()))
            self.openapi_schema = document_credentials(
                name_documented(document_streams(schema)),
                has_keys=self.plan.api_keys is not None,
                has_users=self.plan.users is not None,
                cookie=None if self.plan.sessions is None else cookie_name(self.settings),
            )
        return self.openapi_schema

    def _described(self) -> dict[str, Any]:
        """The document as FastAPI makes it."""
        return get_openapi(
            title=self.title,
            version=self.version,
            openapi_version=self.openapi_version,
            summary=self.summary,
            description=self.description,
            tags=self.openapi_tags,
            servers=self.servers,
            routes=self.routes,
            contact=self.contact,
            license_info=self.license_info,
        )
