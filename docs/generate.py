"""Writes the generated parts of the documentation. `make docs` calls it, and a test compares.

The reference is generated so that no setting, error code, command or public name can be left out
of it, and the pictures so that they show what is there.
"""

import json
import os
import sys
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path
from pkgutil import walk_packages

import pictures
import public_api

import padstone
from padstone.cli.program import COMMANDS, run
from padstone.errors import PadstoneError
from padstone.extras import EXTRAS
from padstone.problems import status_of
from padstone.settings import (
    DatabaseSettings,
    EncryptionSettings,
    JobSettings,
    MailSettings,
    OutboundSettings,
    ProviderSettings,
    RedisSettings,
    Settings,
    StorageSettings,
    UserSettings,
)
from padstone.settings.example import described_default

HERE = Path(__file__).resolve().parent
SETTINGS_INTRODUCTION = """\
The name is that of the environment variable. Values come from, first wins: the environment, `.env`
in the current folder (never in tests), a file of that name in `/run/secrets`, the profile of
`ENVIRONMENT`, the default. `padstone settings` shows each value and where it came from.
"""
NOT_SERVED = ("padstone.cli", "padstone.testing", "padstone.__main__")
NOTE = "<!-- Written by `make docs`; do not edit it by hand. -->\n"


def settings_page() -> str:
    """Every setting of the library, by group."""
    parts = [
        NOTE,
        "# Settings\n",
        SETTINGS_INTRODUCTION,
    ]
    known: set[str] = set()
    groups = (
        ("Every system", Settings),
        ("PostgreSQL", DatabaseSettings),
        ("Redis", RedisSettings),
        ("S3", StorageSettings),
        ("Mail", MailSettings),
        ("Background jobs", JobSettings),
        ("Users", UserSettings),
        ("Stored secrets", EncryptionSettings),
        ("Calls elsewhere", OutboundSettings),
        ("Who runs models", ProviderSettings),
    )
    for title, group in groups:
        parts.append(f"\n## {title}\n\n| setting | default | what it does |\n|---|---|---|\n")
        for name, field in group.model_fields.items():
            if name not in known:
                parts.append(
                    f"| `{name}` | {described_default(name, field)} | {field.description} |\n"
                )
                known.add(name)
    return "".join(parts)


def errors_page() -> str:
    """Every error code of the library, with its status."""
    for module in walk_packages(padstone.__path__, "padstone."):
        if not module.name.startswith(NOT_SERVED):
            import_module(module.name)
    rows = sorted({(status_of(error), error.code, error.detail) for error in _all(PadstoneError)})
    table = "".join(f"| {status} | `{code}` | {detail} |\n" for status, code, detail in rows)
    return (
        f"{NOTE}# Errors\n\nEvery error is an RFC 9457 problem, `application/problem+json`, with "
        "`code` for machines and\n`detail` for people. A system adds its own codes, which its "
        "OpenAPI document names.\n\n| status | code | usual detail |\n|---|---|---|\n"
        f"{table}| 405 | `method_not_allowed` | This path does not answer to this method. |\n"
        "| 500 | `internal_error` | Something went wrong here. The request id finds it in our "
        "log. |\n"
    )


def commands_page() -> str:
    """Every command with its help, as it prints it."""
    parts = [NOTE, "# Commands\n\n```console\n$ padstone --help\n", _help(), "```\n"]
    for command in COMMANDS:
        parts += [f"\n## padstone {command.name}\n\n```text\n", _help(command.name), "```\n"]
        for sub in _subcommands(command.name):
            text = _help(command.name, sub)
            parts += [f"\n### padstone {command.name} {sub}\n\n```text\n", text, "```\n"]
    return "".join(parts)


def extras_page() -> str:
    """Every extra, what it is for, what it brings, and what that was measured to cost."""
    measured = json.loads((HERE.parent / "benchmarks" / "extras.json").read_text())
    alone, machine = measured["extras"]["alone"], measured["machine"]
    intro = (
        f"{NOTE}# Extras\n\nThe package alone has what a plain API with a database, migrations and "
        "API keys needs, and the\ncommand line. Each feature beyond has an extra: "
        "`uv add 'padstone[redis,users]'`, or\n`pip install 'padstone[redis,users]'`. What is used "
        "and not installed is a `MissingExtraError`, which\nnames the extra.\n\n"
        "| extra | what for | packages it adds | size | import |\n|---|---|---|---|---|\n"
        f"| | the package alone | {alone['packages']} in all | {_megabytes(alone)} | "
        f"{_milliseconds(alone)} |\n"
    )
    features = {name: one.feature for name, one in EXTRAS.items()}
    features = {**features, "all": "All of these, but `dev` and `test`"}
    rows = [
        f"| `{name}` | {feature} | {', '.join(cost['added'])} | {_megabytes(cost)} | "
        f"{_milliseconds(cost)} |\n"
        for name, feature in features.items()
        if (cost := measured["extras"][name])
    ]
    return (
        f"{intro}{''.join(rows)}\nSize is that of the files without their compiled form; import is "
        "the processor time of importing\nall of a feature, after the package itself, compiled "
        f"before, the median of {measured['runs']}. `python benchmarks/extras.py`\nmeasures it: "
        f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}, {machine['python']}, "
        f"with\na load of {machine['load']} by others, which makes imports slower than they are.\n"
    )


def _megabytes(cost: dict[str, float]) -> str:
    return f"{cost['bytes'] / 1_000_000:.1f} MB"


def _milliseconds(cost: dict[str, float]) -> str:
    return f"{cost['seconds'] * 1000:.0f} ms"


def _all(error: type[PadstoneError]) -> set[type[PadstoneError]]:
    """The library's own, and none of whatever else is loaded."""
    found = {error}.union(*map(_all, error.__subclasses__()))
    return {
        one
        for one in found
        if one.__module__.startswith("padstone.") and not one.__module__.startswith(NOT_SERVED)
    }


def _subcommands(name: str) -> list[str]:
    import typer
    from typer.main import get_command

    found = getattr(import_module(f"padstone.cli.{name}"), name)
    if not isinstance(found, typer.Typer):
        return []
    return list(getattr(get_command(found), "commands", {}))


def _help(*words: str) -> str:
    # Typer looks at the environment when it is imported first, so this runs before anything else.
    os.environ |= {"COLUMNS": "98", "NO_COLOR": "1", "TERM": "dumb"}
    output = StringIO()
    with redirect_stdout(output):
        run([*words, "--help"])
    lines = output.getvalue().strip("\n").splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


PAGES = {
    "reference/settings.md": settings_page,
    "reference/errors.md": errors_page,
    "reference/commands.md": commands_page,
    "reference/extras.md": extras_page,
    "reference/api/README.md": lambda: NOTE + public_api.index(),
    "pictures/house.svg": pictures.house,
    "pictures/request.svg": pictures.request,
}


def main() -> int:
    """Writes every page that has changed; with ``--check`` names them and writes none."""
    check = "--check" in sys.argv
    pages = {name: page() for name, page in PAGES.items()}
    pages |= {
        f"reference/api/{room}.md": NOTE + public_api.page(room) for room in public_api.rooms()
    }
    left = {
        path for path in HERE.glob("reference/api/*") if str(path.relative_to(HERE)) not in pages
    }
    stale = sorted(name for name, text in pages.items() if _differs(HERE / name, text))
    if not check:
        for name in stale:
            (HERE / name).parent.mkdir(parents=True, exist_ok=True)
            (HERE / name).write_text(pages[name])
        for path in left:
            path.unlink()
    stale += [str(path.relative_to(HERE)) for path in sorted(left)]
    print("".join(f"{'stale' if check else 'wrote'}: docs/{name}\n" for name in stale), end="")
    return 1 if check and stale else 0


def _differs(path: Path, text: str) -> bool:
    return not path.is_file() or path.read_text() != text


if __name__ == "__main__":
    sys.exit(main())
