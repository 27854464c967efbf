"""What is installed only where it is asked for: the extras of this package.

A plain API does not pay for what it does not use. Whoever asks for a feature whose packages are
missing is told at once what to install, by ``MissingExtraError``, and not by the name of a package
that they may never have heard of.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar, NamedTuple

from padstone.errors import PadstoneError

__all__ = ["EXTRAS", "Extra", "MissingExtraError", "extra", "on_demand", "require"]


class Extra(NamedTuple):
    """What an extra is for, which modules below ``padstone`` need it, and what it brings."""

    feature: str
    rooms: tuple[str, ...]
    modules: tuple[str, ...]


_JOBS, _MAIL = ("pgqueuer", "cronsim"), ("aiosmtplib", "email_validator")

EXTRAS: Mapping[str, Extra] = {
    "redis": Extra(
        "Redis, with cache and shared limits",
        ("redis", "cache", "ratelimit.in_redis", "auth.cookie_sessions", "cli.doctor.redis"),
        ("redis",),
    ),
    "s3": Extra("Storage", ("storage", "cli.doctor.storage"), ("boto3",)),
    "jobs": Extra("Background jobs", ("jobs",), _JOBS),
    "mail": Extra("Mail", ("mail", "cli.doctor.mail", "settings.addresses"), _MAIL),
    "users": Extra(
        "Users",
        ("auth.users", "auth.cookie_sessions", "testing.users"),
        ("joserfc", "pwdlib", "argon2", "cryptography", *_JOBS, *_MAIL),
    ),
    "encryption": Extra("Encryption of stored secrets", ("crypto",), ("cryptography",)),
    "files": Extra("Uploads of files", ("files",), ("puremagic", "python_multipart")),
    "documents": Extra("The text of documents", ("documents",), ("pypdf", "docx")),
    "outbound": Extra("Calls to services elsewhere", ("outbound",), ("httpx2",)),
    "llm": Extra("Models that others run", ("providers", "metering"), ("httpx2",)),
    "dev": Extra(
        "Development: embedded services, reloading",
        ("cli.dev", "devservices"),
        ("setproctitle", "watchfiles"),
    ),
    "test": Extra(
        "The pytest plugin",
        ("testing",),
        ("asgi_lifespan", "httpx2", "pytest", "pytest_asyncio"),
    ),
}
"""All extras but ``all``, which is those that a deployed system may need."""


class MissingExtraError(PadstoneError, ImportError):
    """A feature is used whose packages are not installed."""

    code: ClassVar[str] = "missing_extra"
    detail = "A feature is used whose packages are not installed."

    def __init__(self, name: str, module: str) -> None:
        super().__init__(
            f"{EXTRAS[name].feature}: the extra {name!r} is not installed (there is no {module}). "
            f"Run: uv add 'padstone[{name}]', or: pip install 'padstone[{name}]'"
        )
        self.extra = name
        self.module = module


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Around the imports of what the extra ``name`` brings.

    Raises ``MissingExtraError`` in place of ``ModuleNotFoundError``. Where one feature needs
    another, the error names the outermost extra that brings both.
    """
    try:
        yield
    except MissingExtraError as error:
        if error.module not in EXTRAS[name].modules:
            raise
        raise MissingExtraError(name, error.module) from None
    except ModuleNotFoundError as error:
        module = (error.name or "").partition(".")[0]
        bringing = [one for one in (name, *EXTRAS) if module in EXTRAS[one].modules]
        if not bringing:  # a defect, or a package that lacks one of its own
            raise
        raise MissingExtraError(bringing[0], module) from error


def require(name: str) -> None:
    """Raises ``MissingExtraError`` where the extra ``name`` is not installed. Imports nothing."""
    for module in EXTRAS[name].modules:
        if module not in sys.modules and find_spec(module) is None:
            raise MissingExtraError(name, module)


def on_demand(room: str, name: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a ``room`` that imports what it offers when it is asked for.

    ``homes`` says in which module of the room each name stands, ``name`` which extra they need.
    """

    def find(wanted: str) -> Any:
        if wanted not in homes:
            raise AttributeError(f"module {room!r} has no attribute {wanted!r}")
        with extra(name):
            value = getattr(import_module(f"{room}.{homes[wanted]}"), wanted)
        setattr(sys.modules[room], wanted, value)  # asked for once
        return value

    return find
