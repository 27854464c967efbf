"""Mail to one person at a time, by SMTP.

A system whose settings inherit ``MailSettings`` has a ``Mailer`` in its state::

    async def invite(mailer: MailerDep) -> None:
        await mailer.send(Message(to="ann@example.com", subject="Welcome", text="Hello, Ann."))

Sending waits for a server elsewhere, so what a request causes is better sent by a job, in whose
table it waits until it is sent: ``deliver = mail_task(jobs)`` makes one. In development everything
arrives in an embedded mailbox that a person can open, and in tests in that of the fixture
``mailbox``.
"""

from padstone.extras import extra

with extra("mail"):
    from padstone.mail.dependencies import MailerDep, mailer_of
    from padstone.mail.failures import MailRefusedError, MailUnavailableError
    from padstone.mail.mailer import Mailer
    from padstone.mail.message import Message
    from padstone.mail.task import mail_task

__all__ = [
    "MailRefusedError",
    "MailUnavailableError",
    "Mailer",
    "MailerDep",
    "Message",
    "mail_task",
    "mailer_of",
]
