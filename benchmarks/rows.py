"""The rows that are measured on, and the callers to whom they belong."""

from typing import Any, ClassVar
from uuid import UUID, uuid4

import asyncpg
from pydantic import SecretStr
from workloads import Caller, Kind

from padstone.auth import generate
from padstone.auth.users.access_token import AccessTokens
from padstone.auth.users.derived_keys import DerivedKeys
from padstone.settings import UserSettings

__all__ = ["CALLERS", "fill", "token_key"]

CALLERS = 32  # of each kind, as many as there are connections
_FUNDS = 10**15
_KEY_SCOPES = ["account:read", "credits:read", "credits:write"]

Connection = Any  # asyncpg is not typed
Filled = dict[Kind, list[Caller]]


async def fill(url: str, system: str, size: int, secret_key: str) -> Filled:
    """Fills a migrated, empty database with ``size`` rows of what the system is asked for."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        filled = await _FILL[system](connection, size, secret_key)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    return filled


def token_key(secret_key: str) -> str:
    """The key that signs the access tokens of careers, as peers are told it: hexadecimal."""
    return DerivedKeys(_settings(secret_key), "access-token").current.hex()


async def _shop(connection: Connection, size: int, _secret_key: str) -> Filled:
    await connection.execute(_CATEGORIES)
    await connection.execute(_PRODUCTS, size)
    found = await connection.fetch(
        "SELECT id FROM products ORDER BY hashtext(sku) LIMIT $1", CALLERS * 10
    )
    return {"visitor": [Caller(values={"row": str(row["id"])}) for row in found]}


async def _careers(connection: Connection, size: int, secret_key: str) -> Filled:
    await connection.execute(_OTHER_RESUMES, size)
    users = []
    for caller in await _signed_in(connection, _USER, "careers", secret_key):
        resume = uuid4()
        await connection.execute(_RESUME, resume, UUID(caller.subject))
        users.append(Caller(caller.secret, {"row": str(resume)}, caller.subject))
    return {"user": users}


async def _assistant(connection: Connection, size: int, secret_key: str) -> Filled:
    await connection.execute(_OTHER_USERS, size)
    return {"user": await _signed_in(connection, _RICH_USER, "assistant", secret_key)}


async def _signed_in(
    connection: Connection, statement: str, system: str, secret_key: str
) -> list[Caller]:
    tokens = AccessTokens(_settings(secret_key, system))
    users = []
    for number in range(CALLERS):
        user, session = uuid4(), uuid4()
        await connection.execute(statement, user, f"user-{number}@example.com")
        await connection.execute(_SESSION, session, user)
        token, _ = tokens.issue(user, session, at_most=2**40)
        users.append(Caller(token, {}, str(user)))
    return users


async def _accounts(connection: Connection, size: int, _secret_key: str) -> Filled:
    await connection.execute(_OTHER_ACCOUNTS, size)
    return {
        kind: [await _key_holder(connection, f"{kind}-{number}") for number in range(CALLERS)]
        for kind in ("key", "spender")
    }


async def _key_holder(connection: Connection, name: str) -> Caller:
    key = generate(live=True)
    account: UUID = await connection.fetchval(
        _ACCOUNT, f"{name}@example.com", _FUNDS, key.prefix, key.hash, _KEY_SCOPES
    )
    return Caller(key.secret, subject=str(account))


def _settings(secret_key: str, system: str = "careers") -> UserSettings:
    class OfSystem(UserSettings):
        SYSTEM: ClassVar[str] = system

    # A token outlives the longest run.
    return OfSystem(
        ENVIRONMENT="test", SECRET_KEY=SecretStr(secret_key), ACCESS_TOKEN_SECONDS=86_400
    )


_FILL = {"accounts": _accounts, "assistant": _assistant, "careers": _careers, "shop": _shop}

_CATEGORIES = """
INSERT INTO categories (id, slug, name)
SELECT gen_random_uuid(), 'category-' || n, 'Category ' || n FROM generate_series(1, 20) n
"""

# Whole seconds, since JavaScript's times end at milliseconds.
_PRODUCTS = """
INSERT INTO products (id, category_id, sku, slug, name, brand, description, price_minor, currency,
    stock, created_at, updated_at)
SELECT gen_random_uuid(), c.id, 'SKU-' || n, 'product-' || n, 'Product ' || n, 'Brand ' || n % 50,
    'Made of cast iron, and seasoned with flaxseed oil; number ' || n || ' of its kind.',
    100 + n % 9000, 'EUR', n % 500, at, at
FROM generate_series(1, $1::int) n
JOIN (SELECT id, row_number() OVER () AS place FROM categories) c ON c.place = 1 + n % 20
CROSS JOIN LATERAL (SELECT timestamptz '2020-01-01' + n * interval '1 second' AS at) t
"""

_OTHER_RESUMES = """
WITH made AS (
    INSERT INTO users (id, email, role, timezone)
    SELECT gen_random_uuid(), 'other-' || n || '@example.com', 'member', 'UTC'
    FROM generate_series(1, $1::int / 10) n
    RETURNING id
)
INSERT INTO master_resumes (id, user_id, title, full_name, profiles, other_sections)
SELECT gen_random_uuid(), made.id, 'Résumé ' || n, 'Somebody else', '[]', '{}'
FROM made CROSS JOIN generate_series(1, 10) n
"""
_USER = """
INSERT INTO users (id, email, role, timezone, email_verified_at)
VALUES ($1, $2, 'member', 'UTC', now())
"""
_RICH_USER = f"""
INSERT INTO users (id, email, role, plan, credits_balance_micros, email_verified_at)
VALUES ($1, $2, 'member', 'team', {_FUNDS}, now())
"""  # noqa: S608  # a number of ours
_OTHER_USERS = """
INSERT INTO users (id, email, role)
SELECT gen_random_uuid(), 'other-' || n || '@example.com', 'member'
FROM generate_series(1, $1::int) n
"""
_SESSION = """
INSERT INTO user_sessions (id, user_id, expires_at) VALUES ($1, $2, now() + interval '30 days')
"""
_RESUME = """
INSERT INTO master_resumes (id, user_id, title, full_name, city, profiles, other_sections,
    created_at, updated_at)
VALUES ($1, $2, 'Backend', 'Ada Lovelace', 'London',
    '[{"network": "GitHub", "username": "ada", "url": "https://example.com/ada"}]', '{}',
    '2026-01-01', '2026-01-01')
"""

_OTHER_ACCOUNTS = """
WITH made AS (
    INSERT INTO accounts (id, email)
    SELECT gen_random_uuid(), 'other-' || n || '@example.com' FROM generate_series(1, $1::int) n
    RETURNING id, email
)
INSERT INTO api_keys (id, account_id, name, prefix, key_hash, scopes)
SELECT gen_random_uuid(), id, 'benchmark', 'sk_live_0000', sha256(email::bytea), ARRAY[]::text[]
FROM made
"""
_ACCOUNT = """
WITH made AS (
    INSERT INTO accounts (id, email, credits_balance_micros)
    VALUES (gen_random_uuid(), $1, $2) RETURNING id
)
INSERT INTO api_keys (id, account_id, name, prefix, key_hash, scopes)
SELECT gen_random_uuid(), id, 'benchmark', $3, $4, $5 FROM made
RETURNING account_id
"""
