"""The express lane: what a resource knows at start-up, compiled, and answered before FastAPI.

A resource's get, list and create are single statements. Their text and the plan of their parameters
are made once, by SQLAlchemy's compiler; a request then matches a path, finds out who is calling,
runs a prepared statement and writes JSON. Nothing is declared for it: the routes, their document
and their guards are those of the resource. What it cannot do it leaves to the session lane, and
``padstone routes`` says what and why.
"""

from padstone.express.direct import DirectRoutes
from padstone.express.door import ExpressDoor
from padstone.express.lanes import Known, Lane, Plan, lanes_of, table_of
from padstone.express.matching import PathTable

__all__ = [
    "DirectRoutes",
    "ExpressDoor",
    "Known",
    "Lane",
    "PathTable",
    "Plan",
    "lanes_of",
    "table_of",
]
