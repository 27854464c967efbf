"""PostgreSQL: one engine, sessions with one transaction each, and what to make of failures."""

from padstone.db.database import Database
from padstone.db.dependencies import DatabaseDep, ReadSessionDep, SessionDep, database_of
from padstone.db.direct import connect_directly
from padstone.db.failures import name_of, sqlstate_of, translate
from padstone.db.listener import Listener
from padstone.db.opening import open_database
from padstone.db.sessions import ReadSession, after_commit

__all__ = [
    "Database",
    "DatabaseDep",
    "Listener",
    "ReadSession",
    "ReadSessionDep",
    "SessionDep",
    "after_commit",
    "connect_directly",
    "database_of",
    "name_of",
    "open_database",
    "sqlstate_of",
    "translate",
]
