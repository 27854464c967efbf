"""``create_app``: what a system's ``main.py`` calls, once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

from padstone.app.application import Application, CheckFactory, Plan
from padstone.app.authenticators import prepare_sessions, prepare_users
from padstone.app.docs import add_docs, add_metrics
from padstone.app.installed import require_extras
from padstone.app.lifespan import lifespan
from padstone.app.periodic import Periodic
from padstone.auth import ApiKeys
from padstone.auth.cookie_sessions import CookieSessions
from padstone.auth.users import Users
from padstone.events import EventLog
from padstone.health import health_router
from padstone.jobs import Jobs
from padstone.problems import ProblemForm, add_problem_handlers
from padstone.seed import Seed
from padstone.settings import DatabaseSettings, JobSettings, Settings

if TYPE_CHECKING:
    # A system that meters imports it itself; another one should not pay for the import.
    from padstone.metering import Meter

__all__ = ["create_app"]


def create_app(  # noqa: PLR0913  # one place where everything is named
    settings: Settings,
    *,
    title: str,
    version: str,
    routers: Iterable[APIRouter],
    api_keys: ApiKeys | None = None,
    users: Users | None = None,
    sessions: CookieSessions | None = None,
    seed: Seed | None = None,
    periodic: Sequence[Periodic] = (),
    jobs: Jobs | None = None,
    event_logs: Sequence[EventLog] = (),
    meter: "Meter[Any] | None" = None,
    problem_form: ProblemForm | None = None,
    checks: Mapping[str, CheckFactory] | None = None,
    optional: Iterable[str] = (),
    **options: Any,
) -> Application:
    """An application that opens what ``settings`` name and answers as this library promises.

    The database, Redis and the storage are opened because the settings inherit their groups.
    ``checks`` adds dependencies to ``/health/ready``: each value gets the application's state and
    returns an asynchronous callable that raises while the dependency is down. ``optional`` names
    those without which the application is ready all the same, such as ``"redis"`` where it only
    holds a cache. ``options`` go to ``FastAPI``.

    ``jobs`` are run by ``padstone worker``, which opens the same. Raises ``TypeError`` where the
    settings do not inherit ``JobSettings`` and ``DatabaseSettings`` then. ``users`` are mailed by
    jobs, so ``TypeError`` without ``jobs``, ``UserSettings`` or ``MailSettings``. ``sessions`` lets
    them sign in by cookie too, and needs ``users`` and ``RedisSettings``.

    ``event_logs`` are those that the routes follow; their old events are deleted in time. ``meter``
    is opened on the database. ``problem_form`` says errors otherwise on paths that speak another
    API's language.

    Nothing is opened before the server starts the application. What settings or arguments ask for,
    and is not installed, is a ``MissingExtraError``.
    """
    plan = Plan(
        api_keys=api_keys,
        users=users,
        sessions=sessions,
        seed=seed,
        periodic=tuple(periodic),
        jobs=jobs,
        event_logs=tuple(event_logs),
        meter=meter,
        checks=dict(checks or {}),
        optional=frozenset(optional),
    )
    _prepare(settings, plan)
    app = Application(
        settings,
        plan,
        problem_form=problem_form,
        title=title,
        version=version,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        **options,
    )
    add_problem_handlers(app)
    _add_routes(app, routers)
    return app


def _add_routes(app: Application, routers: Iterable[APIRouter]) -> None:
    app.include_router(health_router())
    for router in routers:
        app.include_router(router)
    add_docs(app)
    add_metrics(app)


def _prepare(settings: Settings, plan: Plan) -> None:
    require_extras(settings, plan)
    if plan.jobs is not None:
        _refuse_without_job_settings(settings)
    if plan.users is not None:
        prepare_users(settings, plan.jobs)
    if plan.sessions is not None:
        prepare_sessions(settings, plan.users)


def _refuse_without_job_settings(settings: Settings) -> None:
    # By them the migrations know that the database has the jobs' tables.
    for group in (DatabaseSettings, JobSettings):
        if not isinstance(settings, group):
            name = type(settings).__name__
            raise TypeError(f"{name} must inherit {group.__name__}: the application has jobs.")


def _operation_id(route: APIRoute) -> str:
    # The function's own name: stable while paths move, and readable in generated clients.
    return route.name
