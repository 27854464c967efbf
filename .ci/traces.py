"""What tests have left on servers that are not theirs, and done there to what is not a test's."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import boto3
from redis import Redis

__all__ = ["traces"]

LEFT = """
SELECT 'the database ' || datname FROM pg_database
WHERE datname NOT IN ('postgres', 'template0', 'template1', 'given')
UNION ALL
SELECT 'the role ' || rolname FROM pg_roles
WHERE rolname NOT IN ('owner', 'tester') AND rolname NOT LIKE 'pg\\_%'
"""
# The owner's own preparations: the role that tests have, and its database.
OURS = re.compile(r"CREATE (?:ROLE tester|DATABASE given) ")
STATEMENT = re.compile(r"^(\w*)\|LOG:  (?:statement|execute [^:]*): (.*)$")
ON_DATABASE = re.compile(
    r"(?:CREATE|DROP|ALTER)\s+DATABASE\s+(?:IF\s+EXISTS\s+)?(\S+)", re.IGNORECASE
)
WRITTEN = re.compile(r'"(?:PUT|POST|DELETE) /([^/? ]*)\S* HTTP')


def traces(sql: Callable[[str], list[str]], urls: dict[str, str], folder: Path) -> Iterator[str]:
    """A sentence for each; ``folder`` holds the servers' logs."""
    yield from (f"left behind: {line}" for line in sql(LEFT))
    s3 = boto3.client(
        "s3",
        endpoint_url=urls["PADSTONE_TEST_STORAGE_ENDPOINT_URL"],
        aws_access_key_id=urls["PADSTONE_TEST_STORAGE_ACCESS_KEY"],
        aws_secret_access_key=urls["PADSTONE_TEST_STORAGE_SECRET_KEY"],
        region_name="us-east-1",
    )
    yield from (f"left behind: the bucket {item['Name']}" for item in s3.list_buckets()["Buckets"])
    with Redis.from_url(urls["PADSTONE_TEST_REDIS_URL"]) as redis:
        yield from (f"left behind: the key {key!r}" for key in redis.scan_iter())
    yield from trespasses((folder / "postgres.log").read_text(errors="replace"))
    buckets = WRITTEN.findall((folder / "moto.log").read_text(errors="replace"))
    for bucket in sorted({unquote(name) for name in buckets}):
        if not bucket.startswith("test-"):
            yield f"not a test's bucket: {bucket}"


def trespasses(log: str) -> Iterator[str]:
    """The statements that changed something outside of a database whose name begins with test_."""
    for line in log.splitlines():
        found = STATEMENT.match(line)
        if not found or OURS.match(found[2]):
            continue
        database, statement = found.groups()
        if about := ON_DATABASE.match(statement):
            if not about[1].startswith('"test_'):
                yield f"not a test's database: {statement}"
        elif not database.startswith("test_"):
            yield f"in the database {database}: {statement}"
