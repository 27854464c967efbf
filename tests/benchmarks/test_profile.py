import inspect
from io import StringIO

import asyncpg
import fastapi
import pytest
import sampled_server
import sqlalchemy
from profile_request import Profile
from rich.console import Console
from workloads import WORKLOADS

from padstone import errors, middleware, resource


@pytest.mark.parametrize(
    ("filename", "layer"),
    [
        (fastapi.__file__, "FastAPI and Starlette"),
        (sqlalchemy.__file__, "SQLAlchemy"),
        (asyncpg.__file__, "driver"),
        (pytest.__file__, "other libraries"),
        (middleware.__file__, "middleware"),
        (resource.__file__, "resource"),
        (errors.__file__, "other rooms of Padstone"),
        ("/house/systems/shop/app/main.py", "the system"),
        (inspect.__file__, None),
    ],
)
def test_each_file_is_somebodys(filename: str, layer: str | None) -> None:
    assert sampled_server.layer_of(filename) == layer


def test_a_look_finds_the_innermost_frame_that_is_somebodys() -> None:
    sampled_server.layers.clear()
    sampled_server.look(0, inspect.currentframe())  # tests are nobody's, pytest is above them
    assert sampled_server.layers == {"other libraries": 1}


def test_shares_are_shares_of_the_computing_time() -> None:
    seen = {"layers": [["driver", 3], ["log", 1]], "functions": [["driver: f (a.py)", 2]]}
    profile = Profile(WORKLOADS[1], 100.0, seen)
    text = StringIO()
    console = Console(width=100, file=text)
    console.print(profile.table())
    console.print(profile.table(functions=1))
    words = " ".join(text.getvalue().split())
    assert "B get one row: 100 µs of computing" in words
    assert "driver 75.0 75.0% log 25.0 25.0%" in words
    assert "driver: f (a.py) 50.0 50.0%" in words
