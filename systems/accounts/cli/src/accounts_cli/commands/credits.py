"""``accounts credits``."""

from itertools import islice
from typing import Annotated

import typer

from accounts_cli.answer import Answer
from accounts_cli.api import connected
from accounts_cli.commands.options import AsJson
from accounts_cli.errors import UsageError
from accounts_cli.money import in_both, in_units
from accounts_cli.output import say, show_fields, show_json, show_table
from accounts_cli.times import shown

__all__ = ["credits_"]

credits_ = typer.Typer(invoke_without_command=True)

_FEW = 20


@credits_.callback()
def balance(context: typer.Context, *, json: AsJson = False) -> None:
    """Show the balance, or what made it.

    The balance is what can be spent: what is held is subtracted already.
    """
    if context.invoked_subcommand is not None:
        if json:
            raise UsageError(f"Write --json behind {context.invoked_subcommand}.")
        return
    with connected() as api:
        found = api.credits()
    spendable, held = found.integer("balance_micros"), found.integer("held_micros")
    if json:
        show_json({**found.members, "balance": in_units(spendable), "held": in_units(held)})
        return
    show_fields({"balance": in_both(spendable), "held": in_both(held)})


@credits_.command()
def entries(
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"How many at most.  [default: {_FEW}]")
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every entry there is.")] = False,
    json: AsJson = False,
) -> None:
    """List what changed the balance, the newest first."""
    if everything and limit is not None:
        raise UsageError("--limit and --all contradict each other: give one of them.")
    most = None if everything else limit or _FEW
    with connected() as api:
        # One more than is shown, to know whether there are more.
        found = list(api.entries(None if most is None else most + 1))
    listed = list(islice(found, most))
    if json:
        show_json([entry.members for entry in listed])
    elif listed:
        headings = ("date", "kind", "amount", "change", "balance after")
        show_table(headings, map(_row, listed), numbers=headings[2:])
    else:
        say("There are no entries yet.")
    if len(found) > len(listed):
        say("There are older ones: --all, or a larger --limit, shows them.")


def _row(entry: Answer) -> tuple[str, ...]:
    change = entry.integer("delta_micros")
    return (
        shown(entry.moment("created_at"), otherwise=""),
        entry.text("kind"),
        in_units(entry.integer("amount_micros")),
        f"{'+' if change > 0 else ''}{in_units(change)}",
        in_units(entry.integer("balance_after_micros")),
    )
