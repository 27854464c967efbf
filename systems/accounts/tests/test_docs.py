"""C10: the documentation names every error. Its examples are run by test_contract."""

from importlib import import_module
from pathlib import Path

from padstone.errors import PadstoneError

GUIDE = Path(__file__).resolve().parents[1] / "docs" / "api.md"


def test_every_error_code_of_the_system_is_documented() -> None:
    import_module("app.main")

    def below(error: type[PadstoneError]) -> set[type[PadstoneError]]:
        return {error}.union(*map(below, error.__subclasses__()))

    own = {error for error in below(PadstoneError) if error.__module__.startswith("app.")}
    assert {error.code for error in own} == {"object_not_uploaded", "object_quota_reached"}
    assert all(f"`{error.code}`" in GUIDE.read_text() for error in own)
