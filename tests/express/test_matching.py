"""A path goes to the route that FastAPI would choose."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Match as Found
from starlette.routing import Route

from padstone.express.matching import PathTable

PARTS = st.sampled_from(["a", "b", "{x}", "{y}"])
TEMPLATES = st.lists(
    st.lists(PARTS, min_size=1, max_size=3).filter(
        lambda parts: (
            len({part for part in parts if part.startswith("{")})
            == sum(part.startswith("{") for part in parts)
        )
    ),
    max_size=6,
)
PATHS = st.lists(st.sampled_from(["a", "b", "c", ""]), min_size=1, max_size=3)


async def nothing(_request: Any) -> Any:
    """Never called."""


@given(
    templates=TEMPLATES,
    ours=st.lists(st.booleans(), min_size=6, max_size=6),
    methods=st.lists(st.sampled_from(["GET", "POST"]), min_size=6, max_size=6),
    path=PATHS,
)
def test_the_first_route_that_answers_gets_it(
    templates: list[list[str]], ours: list[bool], methods: list[str], path: list[str]
) -> None:
    table: PathTable[int] = PathTable()
    expected = None
    asked = "/" + "/".join(path)
    scope = {"type": "http", "method": "GET", "path": asked}
    for number, (parts, is_ours, method) in enumerate(zip(templates, ours, methods, strict=False)):
        template = "/" + "/".join(parts)
        table.add([method], template, number if is_ours else None)
        match, child = Route(template, nothing, methods=[method]).matches(scope)
        if match is Found.FULL and expected is None:
            expected = (number if is_ours else None, child["path_params"])
    found = table.find("GET", asked)
    if expected is None or expected[0] is None:
        assert found is None
    else:
        assert found is not None
        assert (found.value, found.parameters) == expected


@pytest.mark.parametrize("path", ["", "a", "/", "//", "/a/", "/a/b/c/d/e"])
def test_odd_paths_are_nobodys(path: str) -> None:
    table: PathTable[int] = PathTable()
    table.add(["GET"], "/a", 1)
    table.add(["GET"], "/a/{b}", 2)
    assert table.find("GET", path) is None
