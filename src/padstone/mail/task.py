"""Sending in the background, again and again until the server takes it or refuses it for good."""

from typing import Any

from padstone.jobs import FinalError, JobContext, Jobs, Task
from padstone.mail.failures import MailRefusedError
from padstone.mail.mailer import Mailer
from padstone.mail.message import Message

__all__ = ["mail_task"]

# From half a minute to an hour between two attempts, and so for about a day.
_RETRIES = 30
_PAUSE_SECONDS = 30.0


def mail_task(jobs: Jobs) -> Task[Any]:
    """Gives ``jobs`` a task that sends one mail, named ``send_mail``.

    ::

        send_mail = mail_task(jobs)
        await send_mail.enqueue(session, message=Message(to=…, subject=…, text=…))

    A server that does not answer is asked again for about a day. A mail that is refused for good
    fails its job at once. What the mail says waits in the jobs' table as it is: where that is a
    secret, such as a link that lets somebody in, write a task that makes the secret itself.
    """

    @jobs.task(retries=_RETRIES, pause=_PAUSE_SECONDS)
    async def send_mail(context: JobContext, message: Message) -> None:
        mailer = context.state["mailer"]
        if not isinstance(mailer, Mailer):
            raise TypeError("This application sends no mail: its settings lack MailSettings.")
        try:
            await mailer.send(message)
        except MailRefusedError as error:
            raise FinalError(error.detail) from error

    return send_mail
