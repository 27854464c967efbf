"""What the mails to users say."""

from typing import Any, NamedTuple

from padstone.auth.users.link_token import LinkPurpose, LinkTokens
from padstone.auth.users.post import MailPurpose

__all__ = ["Letter", "Letters"]


class Letter(NamedTuple):
    """A mail to a user, in plain text."""

    subject: str
    text: str


class Letters:
    """Writes the mails of one system, called ``site``. Links begin with ``address``."""

    def __init__(self, site: str, address: str, tokens: LinkTokens) -> None:
        self._site = site
        self._address = address
        self._tokens = tokens

    def write(self, purpose: MailPurpose, user: Any) -> Letter:
        """The mail, with a token that fits ``user`` as the row is now."""
        if purpose is MailPurpose.VERIFY_EMAIL:
            return self._verify(user)
        if purpose is MailPurpose.ACCOUNT_EXISTS:
            return self._exists(user)
        if purpose is MailPurpose.INVITED:
            return self._invited(user)
        if purpose is MailPurpose.RESET_PASSWORD:
            return self._reset(user)
        return Letter(
            f"{self._site}: your password was changed",
            "Your password was changed just now, and every other device was signed out.\n\n"
            "If it was not you, ask for a new password at once: whoever changed it can sign in.\n",
        )

    def _verify(self, user: Any) -> Letter:
        return Letter(
            f"{self._site}: verify your address",
            f"Somebody registered with this address at {self._site}. If it was you, open this "
            f"link:\n\n{self._link(LinkPurpose.VERIFY_EMAIL, user)}\n\n"
            "If it was not you, do nothing: without the link the account cannot be used.\n",
        )

    def _exists(self, user: Any) -> Letter:
        return Letter(
            f"{self._site}: you already have an account",
            f"Somebody wanted to register with this address at {self._site}, which has an account "
            "already. If it was you, sign in. If you do not know the password, or did not choose "
            f"it, choose a new one:\n\n{self._link(LinkPurpose.RESET_PASSWORD, user)}\n\n"
            "If it was not you, do nothing.\n",
        )

    def _invited(self, user: Any) -> Letter:
        return Letter(
            f"{self._site}: you have an account",
            f"An administrator has made an account for this address at {self._site}. To use it, "
            f"choose a password:\n\n{self._link(LinkPurpose.RESET_PASSWORD, user)}\n\n"
            "If the link has expired, ask for a new password where one signs in. If it was not you "
            "who wanted the account, do nothing: without a password nobody can use it.\n",
        )

    def _reset(self, user: Any) -> Letter:
        return Letter(
            f"{self._site}: choose a new password",
            f"Somebody asked for a new password at {self._site}. If it was you, open this link:\n\n"
            f"{self._link(LinkPurpose.RESET_PASSWORD, user)}\n\n"
            "If it was not you, do nothing: your password stays as it is.\n",
        )

    def _link(self, purpose: LinkPurpose, user: Any) -> str:
        # Behind the # it is sent to no server, so that it stands in nobody's log.
        return f"{self._address}/{purpose.value}#token={self._tokens.issue(purpose, user)}"
