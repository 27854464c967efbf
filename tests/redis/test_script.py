"""A script is sent by its digest, and whole where the server does not have it."""

from padstone.redis import RedisClient, Script


async def test_it_runs_whether_or_not_the_server_has_it(redis_client: RedisClient) -> None:
    key = redis_client.key("number")
    # Nobody else has a script of these words.
    script = Script(f"-- {key}\nreturn redis.call('INCRBY', KEYS[1], ARGV[1])")
    for expected in (5, 10, 15):
        assert await redis_client.run(lambda redis: script(redis, [key], [5])) == expected


async def test_it_comes_back_after_the_server_has_forgotten_it(breakable: RedisClient) -> None:
    script = Script("return ARGV[1]")
    assert await breakable.run(lambda redis: script(redis, [], [b"a"])) == b"a"
    await breakable.run(lambda redis: redis.script_flush())
    assert await breakable.run(lambda redis: script(redis, [], [b"b"])) == b"b"
