"""All that is public: names, settings, commands with their options, codes of errors."""

import pkgutil
from importlib import import_module
from typing import Any

import click
import typer
from typer.main import get_command

import padstone
from padstone.cli.program import COMMANDS
from padstone.errors import PadstoneError
from padstone.settings import Settings

# Rooms below a room that a guide or a docstring sends people to.
INNER = ("padstone.auth.cookie_sessions", "padstone.auth.users", "padstone.testing.contract")
# The command line is public by its words, and the express lane by what it answers.
NOT_BY_NAME = ("padstone.__main__", "padstone.cli", "padstone.express")


def surface() -> dict[str, list[str]]:
    """Each kind of thing, as sorted texts."""
    return {
        "commands": sorted(_commands()),
        "errors": sorted({error.code for error in _all(PadstoneError)}),
        "names": sorted(_names()),
        "settings": sorted({name for group in _all(Settings) for name in group.model_fields}),
    }


def _names() -> list[str]:
    rooms = [one.name for one in pkgutil.iter_modules(padstone.__path__, "padstone.")]
    public = [room for room in ("padstone", *rooms, *INNER) if room not in NOT_BY_NAME]
    return [
        f"{room}.{one}" for room in public for one in getattr(import_module(room), "__all__", [])
    ]


def _commands() -> list[str]:
    found = []
    for one in COMMANDS:
        thing = getattr(import_module(f"padstone.cli.{one.name}"), one.name)
        if not isinstance(thing, typer.Typer):
            alone = typer.Typer(add_completion=False)
            alone.command(one.name)(thing)
            thing = alone
        found += _words(get_command(thing), one.name)
    return found


def _words(command: Any, name: str) -> list[str]:
    if isinstance(command, click.Group) or hasattr(command, "commands"):
        return [
            word
            for sub, inner in command.commands.items()
            for word in _words(inner, f"{name} {sub}")
        ]
    shown = [one for one in command.params if not getattr(one, "hidden", False)]
    options = [word for one in shown for word in (*one.opts, *one.secondary_opts) if word[0] == "-"]
    return [name, *(f"{name} {word}" for word in options if word != "--help")]


def _all(kind: type[Any]) -> set[type[Any]]:
    """The library's own of a kind, in whatever module."""
    for module in pkgutil.walk_packages(padstone.__path__, "padstone."):
        if not module.name.startswith("padstone.__main__"):
            import_module(module.name)
    found = {kind}
    waiting = [kind]
    while waiting:
        more = set(waiting.pop().__subclasses__()) - found
        found |= more
        waiting += more
    return {one for one in found if one.__module__.startswith("padstone.")}
