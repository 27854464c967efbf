"""What is looked at, in an order in which a later thing needs the earlier ones."""

from collections.abc import Callable
from pathlib import Path

from padstone import backing
from padstone.cli.doctor import code, database, embedded, machine
from padstone.cli.doctor.deployment import connections
from padstone.cli.doctor.finding import Finding, any_error
from padstone.cli.doctor.models import models
from padstone.cli.doctor.port import port
from padstone.cli.doctor.secrets import stored_secrets
from padstone.cli.doctor.upgrade import upgrade
from padstone.cli.system import System
from padstone.devservices import ServiceError
from padstone.devservices.layout import Layout, checkout_root
from padstone.settings import (
    DatabaseSettings,
    MailSettings,
    RedisSettings,
    Settings,
    StorageSettings,
)

__all__ = ["examine", "examine_services"]

Say = Callable[[str], None]


def examine(folder: Path, system: System | None, say: Say) -> list[Finding]:
    """Whatever usually keeps a system from starting. ``system`` is that of ``folder``, if any."""
    root = checkout_root(folder)
    findings = [machine.python(folder), machine.clock(root)]
    if system is None:
        no_system = Finding(
            "system", "skipped", f"{folder} is no system's folder.", "Repeat this in one."
        )
        return [*findings, no_system, *_installation(Layout.of(root))]
    configuration = code.configuration(system)
    findings += [*upgrade(folder), *configuration.findings]
    settings = configuration.settings
    if settings is None:
        return [*findings, Finding("services", "skipped", "The settings name them.")]
    findings += [port(settings.HOST, settings.PORT, folder), code.application(system)]
    if settings.ENVIRONMENT in {"development", "test"} and backing.without_address(settings):
        installation = _installation(Layout.of(root, ephemeral=settings.ENVIRONMENT == "test"))
        findings += installation
        if any_error(installation):
            return [*findings, Finding("services", "skipped", "They cannot start.")]
    return [*findings, *_attached(settings, say)]


def _installation(layout: Layout) -> list[Finding]:
    return [
        machine.disk(layout.data),
        embedded.programs(),
        embedded.folder(layout),
        embedded.data(layout),
    ]


def _attached(settings: Settings, say: Say) -> list[Finding]:
    try:
        with backing.attach(settings, progress=say) as attached:
            findings = examine_services(attached.settings, attached.embedded)
            if attached.embedded:
                *rest, last = sorted(attached.embedded)
                names = f"{', '.join(rest)} and {last}" if rest else last
                findings.insert(0, Finding("services", "ok", f"The embedded {names} started."))
            return findings
    except ServiceError as error:
        return [Finding("services", "error", error.detail, "padstone services logs says more.")]


def examine_services(
    settings: Settings, embedded: frozenset[str] = frozenset(), *, workers: int | None = None
) -> list[Finding]:
    """The database, Redis, the storage and the mail server of ``settings``; ``embedded`` are ours.

    With ``workers``, the database must have room for so many processes.
    """
    findings = []
    if isinstance(settings, DatabaseSettings):
        server = database.ask(settings)
        if isinstance(server, Finding):
            findings += [server]
        else:
            findings += _database(settings, server, embedded="database" in embedded)
            findings += [connections(settings, server, workers)] if workers else []
    # Their packages are there, if the settings name them: the application has asked for them.
    if isinstance(settings, RedisSettings):
        from padstone.cli.doctor.redis import redis

        findings += redis(settings)
    if isinstance(settings, StorageSettings):
        from padstone.cli.doctor.storage import storage

        findings += storage(settings)
    if isinstance(settings, MailSettings):
        from padstone.cli.doctor.mail import mail

        findings += mail(settings)
    return findings


def _database(
    settings: DatabaseSettings, server: database.Server, *, embedded: bool
) -> list[Finding]:
    return [
        database.version(server),
        database.server_clock(server),
        database.revisions(settings, embedded=embedded),
        models(settings),
        *stored_secrets(settings),
    ]
