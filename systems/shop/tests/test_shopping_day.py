"""B4 to B6 from the outside: a stranger becomes a buyer, and what was bought arrives."""

from typing import Any

import httpx2
import pytest
from people import MakeProduct, SignedIn

from padstone.testing.mailbox import Mailbox

EMAIL, PASSWORD = "ann@example.com", "four words in here"


@pytest.mark.committed
async def test_b6_a_whole_day(
    client: httpx2.AsyncClient,
    manager: SignedIn,
    make_product: MakeProduct,
    mailbox: Mailbox,
    run_jobs: Any,
) -> None:
    for name, price in (("Kettle", 8900), ("Tea Pot", 4900), ("Axe", 2400)):
        await make_product(name, price_minor=price, description="For the kitchen.")
    credentials = {"email": EMAIL, "password": PASSWORD}
    registered = await client.post("/api/v1/auth/register", json=credentials)
    assert registered.status_code == 202
    early = await client.post("/api/v1/auth/login", json=credentials)
    assert early.status_code == 401, "the link in the mail was not opened yet"
    await run_jobs()
    mail = await mailbox.wait_for(to=EMAIL)
    token = mail.links[0].partition("#token=")[2]
    verified = await client.post("/api/v1/auth/verify-email", json={"token": token})
    assert verified.status_code == 204
    signed_in = await client.post("/api/v1/auth/login", json=credentials)
    ann = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    me = await client.get("/api/v1/auth/me", headers=ann)
    assert (me.json()["email"], me.json()["role"]) == (EMAIL, "buyer")

    found = (await client.get("/api/v1/products?q=kettle or pot&sort=-price_minor")).json()["items"]
    assert [one["name"] for one in found] == ["Kettle", "Tea Pot"]
    for one in found:
        answer = await client.put(
            f"/api/v1/cart/lines/{one['id']}", json={"quantity": 1}, headers=ann
        )
        assert answer.status_code == 200
    cart = (await client.get("/api/v1/cart", headers=ann)).json()
    total = cart["totals"][0]["amount_minor"]
    order = await client.post(
        "/api/v1/orders",
        json={"expected_total_minor": total},
        headers={**ann, "Idempotency-Key": "day-1"},
    )
    assert (order.status_code, order.json()["total_minor"]) == (201, 13_800)

    url = f"/api/v1/orders/{order.json()['id']}"
    waiting = await client.get("/api/v1/orders?status=pending", headers=manager.headers)
    assert [one["number"] for one in waiting.json()["items"]] == [order.json()["number"]]
    for status in ("paid", "shipped", "delivered"):
        step = await client.post(f"{url}/status", json={"status": status}, headers=manager.headers)
        assert step.status_code == 200
    shown = (await client.get(url, headers=ann)).json()
    assert [one["to_status"] for one in shown["history"]] == [
        "pending",
        "paid",
        "shipped",
        "delivered",
    ]
    assert (await client.post("/api/v1/auth/logout", headers=ann)).status_code == 204
    assert (await client.get(url, headers=ann)).status_code == 401
