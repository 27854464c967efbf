import pytest

from padstone.auth.users import EmailTakenError, UserAdministration
from padstone.errors import NotFoundError, ValidationError
from padstone.ids import new_id

from .conftest import EMAIL, PASSWORD, Little, Settings, describe

NEW = "a wholly other sentence"


async def test_a_user_is_made_who_can_sign_in(little: Little) -> None:
    async with little.database.session() as session:
        admin = UserAdministration(session, little.opened)
        hashed = await admin.hashed(PASSWORD, EMAIL)
        await admin.create(" Someone@Example.com ", role="manager", password_hash=hashed)
    me = await little.get("/auth/me", (await little.login())["access_token"])
    assert me.json()["role"] == "manager"


async def test_what_cannot_be_is_refused(little: Little) -> None:
    async with little.database.session() as session:
        admin = UserAdministration(session, little.opened)
        user = await admin.create(EMAIL)
        assert user.role == "buyer"
        with pytest.raises(EmailTakenError):
            await admin.create(EMAIL.upper())
        for attempt in (
            admin.create("new@example.com", role="king"),
            admin.create("nobody"),
            admin.set_role(user, "king"),
            admin.hashed("short", EMAIL),
        ):
            with pytest.raises(ValidationError):
                await attempt
        for missing in (admin.by_email("new@example.com"), admin.by_id(new_id())):
            with pytest.raises(NotFoundError):
                await missing
        assert (await admin.by_id(user.id)).email == EMAIL


async def test_a_suspended_user_is_out_until_restored(little: Little) -> None:
    await little.register()
    tokens = await little.login()
    async with little.database.session() as session:
        admin = UserAdministration(session, little.opened)
        for _ in range(2):
            await admin.suspend(await admin.by_email(EMAIL))
    assert (await little.get("/things", tokens["access_token"])).status_code == 401
    for _ in range(12):
        await little.post("login", email=EMAIL, password=PASSWORD)
    async with little.database.session() as session:
        admin = UserAdministration(session, little.opened)
        await admin.restore(await admin.by_email(EMAIL))
    assert (await little.get("/things", tokens["access_token"])).status_code == 401
    await little.login()


async def test_a_role_counts_at_once_in_this_process(little: Little) -> None:
    await little.register()
    token = (await little.login())["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert (await little.client.post("/things", headers=headers)).status_code == 403
    async with little.database.session() as session:
        admin = UserAdministration(session, little.opened)
        await admin.set_role(await admin.by_email(EMAIL), "manager")
    assert (await little.client.post("/things", headers=headers)).status_code == 200


async def test_a_new_password_ends_every_session(little: Little) -> None:
    await little.register()
    tokens = await little.login()
    async with little.database.session() as session:
        admin = UserAdministration.apart(session, describe(), Settings())
        user = await admin.by_email(EMAIL)
        await admin.set_password(user, await admin.hashed(NEW, EMAIL))
    answer = await little.post("refresh", refresh_token=tokens["refresh_token"])
    assert answer.status_code == 401
    await little.login(password=NEW)


async def test_an_invited_user_chooses_a_password_by_mail(little: Little) -> None:
    async with little.database.session() as session:
        await UserAdministration(session, little.opened).create(EMAIL)
    assert (await little.post("login", email=EMAIL, password=PASSWORD)).status_code == 401
    await little.post("forgot-password", email=EMAIL)
    token = await little.link_token()
    assert (await little.post("reset-password", token=token, password=NEW)).status_code == 204
    await little.login(password=NEW)


async def test_apart_from_an_application_nobody_is_mailed(little: Little) -> None:
    async with little.database.session() as session:
        admin = UserAdministration.apart(session, describe(), Settings())
        with pytest.raises(TypeError, match="outside of a running application"):
            await admin._opened.post(session, "x", new_id())  # type: ignore[arg-type]


async def test_whoever_is_invited_chooses_a_password_by_the_mailed_link(little: Little) -> None:
    async with little.database.session() as session:
        user = await UserAdministration(session, little.opened).invite(EMAIL, role="manager")
        assert (user.role, user.password_hash) == ("manager", None)
    token = await little.link_token()
    answer = await little.post("reset-password", token=token, password=PASSWORD)
    assert answer.status_code == 204, answer.text
    me = await little.get("/auth/me", (await little.login())["access_token"])
    assert me.json()["role"] == "manager"


async def test_a_deleted_user_is_gone_until_undeleted(little: Little) -> None:
    await little.register()
    tokens = await little.login()
    async with little.database.session() as session:
        admin = UserAdministration(session, little.opened)
        user = await admin.by_email(EMAIL)
        await admin.delete(user)
    assert (await little.get("/things", tokens["access_token"])).status_code == 401
    async with little.database.session() as session:
        admin = UserAdministration(session, little.opened)
        with pytest.raises(NotFoundError):
            await admin.by_id(user.id)
        for _ in range(2):
            assert (await admin.undelete(user.id)).email == EMAIL
        with pytest.raises(NotFoundError):
            await admin.undelete(new_id())
    assert (await little.get("/things", tokens["access_token"])).status_code == 401, "ended"
    await little.login()


async def test_a_deleted_users_address_may_be_anothers_by_now(little: Little) -> None:
    async with little.database.session() as session:
        admin = UserAdministration(session, little.opened)
        first = await admin.create(EMAIL)
        await admin.delete(first)
        await admin.create(EMAIL)
        with pytest.raises(EmailTakenError):
            await admin.undelete(first.id)
