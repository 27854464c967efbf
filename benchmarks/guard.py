"""Whether ours has become slower beside its peers than ``baseline.json`` says.

It is no part of CI's pass or fail, since machines differ. A ratio counts as worse where its median
is below 0.85 of the stored one and its best round below the worst one stored. Where the server was
not what limited a figure, then or now, the ratio by computing time is held against its like.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from servers import OURS

__all__ = ["TOLERANCE", "baseline_of", "worse"]

TOLERANCE = 0.85
"""Within it, two medians are a tie."""

_HERE = Path(__file__).resolve().parent
_BASELINE = _HERE / "baseline.json"

Baseline = dict[str, Any]


def main(
    *,
    figures: Annotated[
        Path | None,
        typer.Option(exists=True, help="What run.py --json wrote; else it measures now."),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Make it the new base line.")] = False,
) -> None:
    """Compare a run's paired ratios with the stored base line."""
    found = baseline_of(json.loads((figures or _measured()).read_text()))
    if write:
        _BASELINE.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
        return
    if not _BASELINE.exists():
        print("There is no base line yet; --write makes one.")
        raise typer.Exit(1)
    stored = json.loads(_BASELINE.read_text())
    sentences = worse(stored, found)
    for sentence in sentences:
        print(sentence)
    common = len(stored["ratios"].keys() & found["ratios"].keys())
    print(f"{len(sentences)} of {common} ratios are worse than on {stored['machine']['cpu']}.")
    raise typer.Exit(bool(sentences))


def baseline_of(figures: dict[str, Any]) -> Baseline:
    """What is kept of a run: its machine, and the ratios by workload and peer."""
    bound = {one["letter"]: one["is_bound"] for one in figures["requests"] if one["server"] == OURS}
    ratios = {
        f"{one['letter']} {one['server']}": one["ours_to_it"]
        | {"is_bound": one["is_bound"] and bound[one["letter"]]}
        for one in figures["requests"]
        if "ours_to_it" in one
    }
    return {"machine": figures["machine"], "options": figures["options"], "ratios": ratios}


def worse(stored: Baseline, found: Baseline) -> list[str]:
    """A sentence for each ratio that is worse than the stored one. Others are not held together."""
    sentences = []
    for name in stored["ratios"].keys() & found["ratios"].keys():
        before, now = stored["ratios"][name], found["ratios"][name]
        kind = "rate" if before["is_bound"] and now["is_bound"] else "cpu"
        then, today = before[kind], now[kind]
        if not then or not today:
            continue
        if today["median"] < TOLERANCE * then["median"] and today["most"] < then["least"]:
            sentences.append(
                f"{name}: {today['median']:.2f} by {kind}, and it was {then['median']:.2f}."
            )
    return sorted(sentences)


def _measured() -> Path:
    file = Path(tempfile.mkdtemp(prefix="padstone-guard-")) / "figures.json"
    words = ("--only", "requests", "--json", str(file))
    subprocess.run([sys.executable, str(_HERE / "run.py"), *words], check=True)  # noqa: S603
    return file


if __name__ == "__main__":
    typer.run(main)
