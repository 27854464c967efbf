import json
from io import StringIO

from report import Report
from rich.console import Console
from rounds import Figures, Round
from startup import Beginning
from workloads import WORKLOADS

MACHINE = {"cpu": "Z80", "cores": 2, "system": "CP/M 2.2", "python": "CPython 3.11", "load": 0.5}


def report(share: float = 0.95) -> Report:
    made = Report(MACHINE, {"rounds": 2, "seconds": 1.0})
    made.beginnings.append(Beginning("padstone --help", [0.2, 0.1, 0.3], [0.1, 0.1, 0.1]))
    made.beginnings.append(Beginning("services, cold", [2.0]))
    for server, rate in (("padstone", 200.0), ("orm", 100.0)):
        rounds = [Round(10, rate, 1, 2, 1e6 / rate, share), Round(10, rate, 1, 2, 5e5 / rate, 1)]
        made.figures.append(Figures(WORKLOADS[0], server, rounds))
    return made


def printed(made: Report) -> str:
    text = StringIO()
    made.print(Console(width=100, file=text))
    return text.getvalue()


def test_the_tables_name_the_machine_and_the_ratios() -> None:
    text = printed(report())
    assert "Z80, 2 cores; CP/M 2.2, CPython 3.11" in text
    assert "2.00 (2.00-2.00)" in text
    assert "In every row the server was the limit" in text


def test_a_run_that_was_not_bound_by_the_server_says_so() -> None:
    text = printed(report(share=0.5))
    assert "A padstone 75%, A orm 75%" in " ".join(text.split())


def test_json_holds_every_round() -> None:
    read = json.loads(json.dumps(report().as_json()))
    assert read["machine"] == MACHINE
    assert [one["median"] for one in read["start_up"]] == [0.2, 2.0]
    assert [len(one["rounds"]) for one in read["requests"]] == [2, 2]
    assert read["requests"][1]["ours_to_it"]["cpu"]["median"] == 2.0
    assert read["requests"][0]["workload"]["letter"] == "A"
