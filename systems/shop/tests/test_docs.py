"""C10: the documentation says what there is. Its examples are run by the contract's tests."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from app.core.order_status import OrderStatus, order_machine
from padstone.errors import PadstoneError

GUIDE = (Path(__file__).resolve().parents[1] / "docs" / "api.md").read_text()


def below(error: type[PadstoneError]) -> Iterator[type[PadstoneError]]:
    yield error
    for one in error.__subclasses__():
        yield from below(one)


def test_c10_every_error_code_of_the_system_is_documented() -> None:
    import_module("app.main")
    own = {one.code for one in below(PadstoneError) if one.__module__.startswith("app.")}
    assert len(own) > 10
    assert {code for code in own if f"`{code}`" not in GUIDE} == set()


def test_c10_the_steps_of_an_order_are_those_of_the_machine() -> None:
    for status in OrderStatus:
        after = ", ".join(f"`{one}`" for one in order_machine.following[status])
        if after:
            assert f"| `{status}` | {after} |" in GUIDE
