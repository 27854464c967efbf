"""Committed files that a command has written, and whether it would still write the same."""

from difflib import unified_diff
from pathlib import Path

from padstone.errors import PadstoneError

__all__ = ["DriftError", "refuse_drift"]

_SHOWN_LINES = 20


class DriftError(PadstoneError):
    """A generated file is not what would be generated now."""

    code = "drift"
    detail = "A generated file is out of date."


def refuse_drift(path: Path, text: str, mend: str) -> None:
    """Raises ``DriftError`` with the first differences where ``path`` does not hold ``text``.

    ``mend`` is the command that writes the file.
    """
    try:
        written = path.read_text()
    except FileNotFoundError:
        raise DriftError(f"{path} does not exist. Write it with: {mend}") from None
    if written == text:
        return
    difference = list(
        unified_diff(
            written.splitlines(),
            text.splitlines(),
            f"{path}",
            "what it should be",
            lineterm="",
            n=1,
        )
    )
    lines = [f"{path} is out of date. Write it with: {mend}", *difference[:_SHOWN_LINES]]
    if len(difference) > _SHOWN_LINES:
        lines.append(f"… and {len(difference) - _SHOWN_LINES} more lines")
    raise DriftError("\n  ".join(lines))
