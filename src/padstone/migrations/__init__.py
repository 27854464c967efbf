"""Alembic for a system: its environment, its commands as functions, triggers, and a lint for locks.

A system's ``alembic/env.py``::

    from app.core.config import settings
    from padstone.migrations import run

    run(settings, "app.models")

its ``alembic/script.py.mako``::

    <%! from padstone.migrations import render_revision %>${render_revision(context.kwargs)}

and its ``alembic.ini``::

    [alembic]
    script_location = %(here)s/alembic
    prepend_sys_path = %(here)s
    path_separator = os
    file_template = %%(year)d%%(month).2d%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s

With these, plain ``alembic upgrade head`` works, and so does every other command of Alembic's.
"""

from padstone.migrations.commands import check, downgrade, revision, upgrade
from padstone.migrations.emptying import reset
from padstone.migrations.environment import run
from padstone.migrations.errors import MigrationError
from padstone.migrations.linter import Finding, lint
from padstone.migrations.scripts import (
    Revision,
    current,
    folder_of,
    history,
    pending,
    up_to_date,
)
from padstone.migrations.template import render_revision

__all__ = [
    "Finding",
    "MigrationError",
    "Revision",
    "check",
    "current",
    "downgrade",
    "folder_of",
    "history",
    "lint",
    "pending",
    "render_revision",
    "reset",
    "revision",
    "run",
    "up_to_date",
    "upgrade",
]
