"""``padstone routes``: what the system answers, and in which lane."""

from typing import Annotated, Any

import typer

from padstone.cli.output import print_json, print_table
from padstone.cli.system import load

__all__ = ["routes"]


def routes(
    *,
    express: Annotated[
        bool, typer.Option("--express", help="Only what the express lane answers.")
    ] = False,
    session: Annotated[
        bool, typer.Option("--session", help="Only what the session lane answers.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show every route, and the lane that answers it.

    Where that is the session lane, the last column says what keeps it there.
    """
    from padstone.express import lanes_of

    wanted = {lane for lane, asked in (("express", express), ("session", session)) if asked}
    found = [
        row
        for lane in lanes_of(load().app)
        for row in _rows(lane)
        if not wanted or row["lane"] in wanted
    ]
    if json:
        print_json(found)
    else:
        print_table(("method", "path", "name", "lane", "because"), [_cells(row) for row in found])


def _rows(lane: Any) -> list[dict[str, str | None]]:
    context = lane.context
    return [
        {
            "method": method,
            "path": context.path,
            "name": context.name,
            "lane": "session" if lane.plan is None else "express",
            "reason": lane.reason or None,
        }
        for method in sorted(context.methods or ("*",))
        if method != "HEAD"
    ]


def _cells(row: dict[str, str | None]) -> list[str]:
    return [value or "" for value in row.values()]
