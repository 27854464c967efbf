"""What a migration would do to the traffic of a running system, found before it runs.

The SQL of each revision goes to squawk (https://squawkhq.com/docs/rules). A revision may waive a
rule, with a reason, in a comment of its own::

    # lint: allow ban-drop-column: nothing has read it since 0.3
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from alembic import command
from alembic.script import Script

from padstone.migrations.commands import configured
from padstone.migrations.errors import MigrationError
from padstone.migrations.scripts import script_directory
from padstone.settings import DatabaseSettings

__all__ = ["EXCLUDED", "Finding", "lint"]

EXCLUDED = {
    # Said by squawk, and not so here: what each would want, and why it does not apply.
    "require-statement-timeout": "a migration may work for long; waiting for locks is limited",
    "prefer-text-field": "VARCHAR(n) is a model's decision; changing it later is found by itself",
    "prefer-bigint-over-int": "a model's decision: an integer may count something small",
    "prefer-bigint-over-smallint": "likewise",
    "prefer-identity": "SQLAlchemy makes SERIAL of an autoincrement; a matter of taste",
    "require-enum-value-ordering": "nothing here sorts by an enum's position",
    "ban-drop-default": "autogenerate drops a default that it needed for existing rows only",
    "prefer-robust-stmts": "a transaction undoes a revision that fails half-way",
}
_POSTGRES = "15.0"  # the oldest that is supported
_WAIVER = re.compile(r"#\s*lint: allow ([a-z-]+)(?::[ \t]*(\S.*))?")


@dataclass(frozen=True, slots=True)
class Finding:
    """What would hurt: in which revision, by which rule, by which statement, and what to do."""

    path: Path
    rule: str
    message: str
    statement: str = ""

    def __str__(self) -> str:
        at = f"\n    {self.statement}" if self.statement else ""
        return f"{self.path}: {self.rule}: {self.message}{at}"


def lint(settings: DatabaseSettings) -> list[Finding]:
    """Everything in the system's upgrades that would block or break a running system.

    Needs no database. Raises ``MigrationError`` where squawk is not installed.
    """
    program = _squawk()
    scripts = script_directory(settings)
    return [
        finding
        for script in reversed(list(scripts.walk_revisions()))
        for finding in _without_waived(script, _of_sql(program, script, _sql(settings, script)))
    ]


def _sql(settings: DatabaseSettings, script: Script) -> str:
    before = script.down_revision or "base"
    if not isinstance(before, str):
        return ""  # a merge changes nothing
    buffer = StringIO()
    with configured(settings, output_buffer=buffer) as config:
        command.upgrade(config, f"{before}:{script.revision}", sql=True)
    return buffer.getvalue()


def _of_sql(program: str, script: Script, sql: str) -> Iterator[Finding]:
    said = subprocess.run(  # noqa: S603
        [
            *(program, "--reporter", "json", "--pg-version", _POSTGRES),
            *("--exclude", ",".join(EXCLUDED), "--stdin-filepath", "revision.sql"),
        ],
        input=sql,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    try:
        found = json.loads(said.stdout)
    except ValueError:
        raise MigrationError(f"squawk failed on {script.path}: {said.stderr.strip()}") from None
    lines = sql.splitlines()
    for issue in found:
        help_ = f" {issue['help']}" if issue["help"] else ""
        yield Finding(
            Path(script.path),
            issue["rule_name"],
            f"{issue['message']}{help_}",
            lines[issue["line"]].strip(),
        )


def _without_waived(script: Script, findings: Iterator[Finding]) -> Iterator[Finding]:
    path = Path(script.path)
    waivers = dict(_WAIVER.findall(path.read_text()))
    used = set()
    for finding in findings:
        if finding.rule in waivers:
            used.add(finding.rule)
        else:
            yield finding
    for rule, reason in waivers.items():
        if rule not in used:
            yield Finding(path, rule, "is waived here, and nothing breaks it: remove the comment.")
        elif not reason:
            yield Finding(path, rule, f"is waived without a reason: # lint: allow {rule}: why")


def _squawk() -> str:
    beside = Path(sys.executable).with_name("squawk")
    program = str(beside) if beside.is_file() else shutil.which("squawk")
    if program is None:
        raise MigrationError(
            "squawk, which reads the migrations' SQL, is not installed. "
            "Run: pip install squawk-cli (with uv: uv add --dev squawk-cli)"
        )
    return program
