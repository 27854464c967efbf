"""``accounts login`` and ``accounts logout``."""

import os
from typing import Annotated

import typer

from accounts_cli import credentials
from accounts_cli.api import connected
from accounts_cli.connection import Connection, url_for_login
from accounts_cli.credentials import Credentials
from accounts_cli.key_input import read_key
from accounts_cli.money import in_units
from accounts_cli.output import say

__all__ = ["login", "logout"]


def login(
    api_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="The server; by default ACCOUNTS_API_URL, the one of the last login, or "
            "http://127.0.0.1:8000.",
        ),
    ] = None,
    *,
    with_token: Annotated[
        bool, typer.Option("--with-token", help="Read the key from standard input, unasked.")
    ] = False,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Let the key cross a network unencrypted.")
    ] = False,
) -> None:
    """Log in with an API key.

    The key is asked for without echo, checked with the server, and stored in a file that only you
    can read. Where standard input is no terminal, the key is its first line.
    """
    url = url_for_login(api_url, insecure=insecure)
    key = read_key("" if with_token else f"API key for {url}: ")
    with connected(Connection(url, key, "that you gave")) as api:
        account = api.validate()
    email, account_id = account.text("email"), account.text("account_id")
    balance = in_units(account.integer("credits_balance_micros"))
    file = credentials.save(Credentials(url, key))
    say(f"Logged in to {url} as {email} ({account_id}), balance {balance}.")
    say(f"The key is stored in {file}.")
    _say_what_wins()


def logout() -> None:
    """Forget the stored key. It goes on working until it is revoked."""
    if credentials.delete():
        say("Logged out. The key itself still works; `accounts keys revoke` would end it.")
    else:
        say("Nobody was logged in.")
    _say_what_wins()


def _say_what_wins() -> None:
    for variable in ("ACCOUNTS_API_URL", "ACCOUNTS_API_KEY"):
        if os.environ.get(variable):
            say(f"{variable} is set, and the commands go by it.")
