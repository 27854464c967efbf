from collections.abc import Callable
from xml.etree import ElementTree as ET

import plot
from report import Report

Make = Callable[..., Report]

SVG = "{http://www.w3.org/2000/svg}"


def parsed(picture: str) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314  # it is ours


def words(picture: str) -> list[str]:
    return [one.text or "" for one in parsed(picture).iter(f"{SVG}text")]


def test_there_is_a_bar_for_each_server_as_long_as_it_is_fast(make_report: Make) -> None:
    drawn = parsed(plot.draw(make_report()))
    ours, theirs = (float(bar.attrib["width"]) for bar in drawn.iter(f"{SVG}rect"))
    assert ours == 2 * theirs


def test_machine_servers_and_ratios_are_named(make_report: Make) -> None:
    said = words(plot.draw(make_report()))
    assert "A  liveness" in said
    assert "FastAPI, SQLAlchemy's ORM, no features" in said
    assert "2.00 times (2.00 to 2.00)" in said
    assert "100" in said
    assert "Z80, 2 cores; CP/M 2.2, CPython 3.11" in said
    assert not [one for one in said if "*" in one]


def test_what_was_not_bound_by_the_server_has_a_star(make_report: Make) -> None:
    said = words(plot.draw(make_report(share=0.5)))
    assert said.count("*") == 2
    assert "* Something other than the server was the limit there." in said
