"""A door: the engine, its pool and the sessions are the library's.

The application opens the database in its lifespan. A route takes ``SessionDep``, which is one
transaction, or ``ReadSessionDep``; whatever runs outside of requests takes ``Database``.
"""

from padstone.db import Database, ReadSessionDep, SessionDep

__all__ = ["Database", "ReadSessionDep", "SessionDep"]
