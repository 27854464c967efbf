"""What a diagnosis or a rule found out, and how findings are shown."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from padstone.cli.output import mark, print_json, print_table

__all__ = ["Finding", "Verdict", "any_error", "show"]

Verdict = Literal["ok", "note", "warning", "error", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    ``what`` says how it is, and ``mend`` what to do where it is not as it should be. ``skipped``
    means that it could not be looked at, because of what was found before.
    """

    subject: str
    verdict: Verdict
    what: str
    mend: str = ""


def any_error(findings: Sequence[Finding]) -> bool:
    """Whether something is wrong, as opposed to worth a thought."""
    return any(finding.verdict == "error" for finding in findings)


def show(findings: Sequence[Finding], *, json: bool) -> None:
    """Prints a table for people, or JSON for programs."""
    if json:
        print_json([asdict(finding) for finding in findings])
        return
    signs = {
        "ok": mark(good=True),
        "error": mark(good=False),
        "warning": "!",
        "note": "i",
        "skipped": "-",
    }
    print_table(
        ("", "subject", "finding", "what to do"),
        [(signs[f.verdict], f.subject, f.what, f.mend) for f in findings],
    )
