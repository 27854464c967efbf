import json
from collections.abc import Callable
from io import StringIO
from typing import Any

from generators import Generator
from report import Report
from rich.console import Console

Make = Callable[..., Report]


def printed(made: Report) -> str:
    text = StringIO()
    made.print(Console(width=100, file=text))
    return " ".join(text.getvalue().split())


def test_the_tables_name_the_machine_and_the_ratios(make_report: Make) -> None:
    text = printed(make_report())
    assert "Z80, 2 cores; CP/M 2.2, CPython 3.11" in text
    assert "2.00 (2.00-2.00)" in text
    assert "In every row the server was the limit" in text
    assert "fastapi: FastAPI, SQLAlchemy's ORM, no features." in text
    assert "wrk" not in text


def test_a_run_that_was_not_bound_by_the_server_says_so(make_report: Make) -> None:
    assert "A padstone 75%, A fastapi 75%" in printed(make_report(share=0.5))


def test_a_load_generator_that_may_be_the_limit_is_told(make_report: Make) -> None:
    assert "generator in Python and not from wrk" in printed(
        make_report(generator=Generator.PYTHON)
    )


def test_a_peer_that_was_not_measured_is_told(make_report: Make) -> None:
    made = make_report()
    made.missing["node"] = "no network"
    assert "Not measured: node. no network" in printed(made)
    assert made.as_json()["missing"] == {"node": "no network"}


def test_json_holds_every_round(make_report: Make, machine: dict[str, Any]) -> None:
    read = json.loads(json.dumps(make_report().as_json()))
    assert read["machine"] == machine
    assert [one["median"] for one in read["start_up"]] == [0.2, 2.0]
    assert [len(one["rounds"]) for one in read["requests"]] == [2, 2]
    assert read["requests"][1]["ours_to_it"]["cpu"]["median"] == 2.0
    assert read["requests"][0]["letter"] == "A"
