"""One mail, checked when it is made, so that nothing of it can be taken for a header."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from padstone.errors import FieldError, ValidationError
from padstone.ids import new_id
from padstone.settings.addresses import Mailbox, is_one_line, mailbox

__all__ = ["Message"]

# Letters beyond ASCII are encoded, since not every server takes them as they are.
_POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Message:
    """A mail to one person: ``to`` is ``ADDRESS`` or ``NAME <ADDRESS>``.

    ``html`` stands beside ``text`` and says the same for readers that show it; what a person wrote
    is escaped in it by whoever makes it. ``id`` makes the Message-ID, which stays the same when
    sending is tried again.

    Raises ``ValidationError`` that names the field: for an address that is none, a subject that is
    empty or has line breaks, and text that cannot be encoded.
    """

    to: str
    subject: str
    text: str = field(repr=False)
    html: str | None = field(default=None, repr=False)
    id: UUID = field(default_factory=new_id)

    def __post_init__(self) -> None:
        problems = [
            FieldError(name, message)
            for name, problem in (
                ("to", _not_an_address(self.to)),
                ("subject", _not_a_subject(self.subject)),
                ("text", _not_encodable(self.text)),
                ("html", _not_encodable(self.html or "")),
            )
            if (message := problem)
        ]
        if problems:
            raise ValidationError("The mail cannot be sent like this.", errors=problems)

    @property
    def recipient(self) -> Mailbox:
        """To whom it goes."""
        return mailbox(self.to)

    def rendered(
        self, sender: Mailbox, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> bytes:
        """The mail as it goes over the wire."""
        mail = EmailMessage(policy=_POLICY)
        mail["From"] = _header(sender)
        mail["To"] = _header(self.recipient)
        mail["Subject"] = self.subject
        mail["Date"] = format_datetime(now())
        mail["Message-ID"] = f"<{self.id}@{sender.address.rpartition('@')[2]}>"
        # RFC 3834: nobody's holiday notice answers it.
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(self.text)
        if self.html is not None:
            mail.add_alternative(self.html, subtype="html")
        return mail.as_bytes()


def _header(mailbox: Mailbox) -> Address:
    return Address(display_name=mailbox.name, addr_spec=mailbox.address)


def _not_an_address(text: str) -> str:
    try:
        mailbox(text)
    except ValueError as error:
        return str(error)
    return ""


def _not_a_subject(text: str) -> str:
    if not text.strip():
        return "is empty"
    return "" if is_one_line(text) else "has a line break or another control character"


def _not_encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return "has half a character, which cannot be sent"
    return ""
