"""The mailer, as routes find it."""

from typing import Any

import httpx2
from fastapi import APIRouter

from padstone.mail import MailerDep, Message
from padstone.settings import MailSettings
from padstone.testing.mailbox import Mailbox

router = APIRouter()


@router.post("/invite")
async def invite(mailer: MailerDep) -> None:
    await mailer.send(Message(to="ann@example.com", subject="Come in", text="Here."))


async def test_the_lifespan_opens_it_where_the_settings_want_it(
    started: Any, mailbox: Mailbox
) -> None:
    settings = MailSettings(MAIL_URL=mailbox.url, MAIL_FROM="shop@example.com")
    async with started(router, settings=settings) as client:
        assert (await client.post("/invite")).status_code == 200
    assert (await mailbox.wait_for(to="ann@example.com")).subject == "Come in"


async def test_a_system_that_sends_no_mail_has_none(started: Any) -> None:
    async with started(router) as client:
        assert (await client.post("/invite")).status_code == 503


async def test_before_the_start_there_is_none(make_app: Any) -> None:
    app = make_app(router)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.post("/invite")).json()["code"] == "unavailable"
