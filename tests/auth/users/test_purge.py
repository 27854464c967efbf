from padstone.auth.users.purge import purge_ended

from .conftest import Little, describe


async def test_what_is_long_over_goes_and_the_rest_stays(little: Little) -> None:
    await little.register()
    for _ in range(4):
        await little.login()
    await little.post("login", email="nobody@example.com", password="wrong wrong")
    ids = "(SELECT id FROM user_sessions ORDER BY id OFFSET {} LIMIT 1)"
    for number, change in enumerate(
        (
            "expires_at = now() - interval '8 days'",
            "revoked_at = now() - interval '8 days'",
            "revoked_at = now() - interval '6 days'",
        )
    ):
        await little.execute(
            f"UPDATE user_sessions SET {change} WHERE id = {ids.format(number)}"  # noqa: S608
        )
    async with little.database.session() as session:
        assert await purge_ended(session, describe()) == 2
    assert await little.scalar("SELECT count(*) FROM user_sessions") == 2
    assert await little.scalar("SELECT count(*) FROM login_attempts") > 0
    await little.execute("UPDATE login_attempts SET expires_at = now() - interval '1 s'")
    async with little.database.session() as session:
        await purge_ended(session, describe())
        assert await purge_ended(session, describe()) == 0
    assert await little.scalar("SELECT count(*) FROM login_attempts") == 0


async def test_it_takes_so_many_at_a_time_and_waits_for_nobody(little: Little) -> None:
    await little.register()
    for _ in range(3):
        await little.login()
    await little.execute("UPDATE user_sessions SET expires_at = now() - interval '8 days'")
    async with little.database.session() as one, little.database.session() as two:
        assert await purge_ended(one, describe(), limit=1) == 1
        assert await purge_ended(two, describe()) == 2
