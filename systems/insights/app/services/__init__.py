"""The rules of this system, and its SQL. Nothing here knows HTTP."""
