"""``accounts whoami``."""

from accounts_cli.api import connected
from accounts_cli.commands.options import AsJson
from accounts_cli.money import in_both, in_units
from accounts_cli.output import show_fields, show_json

__all__ = ["whoami"]


def whoami(*, json: AsJson = False) -> None:
    """Show whose key is in use, and the balance."""
    with connected() as api:
        account = api.validate()
        url = api.connection.url
    account_id, email = account.text("account_id"), account.text("email")
    micros = account.integer("credits_balance_micros")
    if json:
        show_json({**account.members, "credits_balance": in_units(micros), "api_url": url})
        return
    show_fields({"account": account_id, "email": email, "balance": in_both(micros), "server": url})
