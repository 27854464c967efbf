"""A system takes the contract over by one import, and is told what it has to say."""

import pytest

TAKEN_OVER = """
import pytest
from padstone.testing.contract import *


@pytest.mark.operations("has_body")
async def test_bodies(operation):
    raise AssertionError(operation)


@pytest.mark.operations("rows")
async def test_rows(world, operation):
    assert operation.id == "create"
    assert world.metadata.tables
"""


def test_a_system_without_a_world_is_told_so(request: pytest.FixtureRequest) -> None:
    # The library's own tests have none.
    with pytest.raises(pytest.UsageError, match="'world:World', where there is no World"):
        request.getfixturevalue("world_class")


def test_an_operation_is_covered_the_moment_it_exists(system: pytest.Pytester) -> None:
    (system.path / "test_contract.py").write_text(TAKEN_OVER)
    result = system.runpytest_subprocess("-q", "-n0", "--collect-only")
    lines = "\n".join(result.outlines)
    assert "test_rows[create]" in lines
    assert "test_bodies[NOTSET]" in lines, "no operation here takes a body"
    for name in ("test_c1_plain_uvicorn", "test_c12_liveness", "test_promise_23_nothing_else"):
        assert name in lines
