"""The pictures of the architecture show what is there."""

import re
from xml.etree import ElementTree as ET

import pytest

from guided import ROOT, script
from padstone.app import create_app
from padstone.settings import Settings

pictures = script("pictures")


def texts(picture: str) -> list[str]:
    found = ET.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")  # noqa: S314  # ours
    return [element.text or "" for element in found]


def test_the_house_has_every_room_once() -> None:
    folder = ROOT / "src" / "padstone"
    rooms = {path.stem for path in folder.glob("*.py")} | {
        path.parent.name for path in folder.glob("*/__init__.py")
    }
    drawn = texts(pictures.house())
    assert sorted(set(drawn) & rooms) == sorted(rooms - {"__init__"})
    assert len(drawn) == len(set(drawn))
    assert [room for floor in pictures.floors() for room in floor] == drawn[-len(rooms) + 1 :]


def test_the_way_of_a_request_is_that_of_an_application() -> None:
    layer = create_app(Settings(), title="x", version="1", routers=[]).build_middleware_stack()
    names = []
    while layer is not None:
        names.append(type(layer).__name__)
        layer = getattr(layer, "app", None)  # type: ignore[assignment]
    assert names[: len(pictures.LAYERS)] == list(pictures.LAYERS)


@pytest.mark.parametrize("name", ["house", "request"])
def test_a_picture_is_for_everybody(name: str) -> None:
    picture = getattr(pictures, name)()
    root = ET.fromstring(picture)  # noqa: S314  # ours
    assert root.get("role") == "img"
    assert root.findtext("{http://www.w3.org/2000/svg}title")
    assert int(root.get("width", "")) <= 390, "a phone shows it at full size"
    assert "prefers-color-scheme: dark" in picture
    sizes = [float(size) for size in re.findall(r"font: ([\d.]+)px", picture)]
    assert min(sizes) >= 12


@pytest.mark.parametrize("name", ["house", "request"])
def test_nothing_is_drawn_outside_of_the_picture(name: str) -> None:
    root = ET.fromstring(getattr(pictures, name)())  # noqa: S314  # ours
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    for box in root.iter("{http://www.w3.org/2000/svg}rect"):
        left, top, wide, high = (float(box.get(one, "")) for one in ("x", "y", "width", "height"))
        assert left >= 0
        assert left + wide <= width
        assert top + high <= height
