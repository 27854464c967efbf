"""F4: configurations of the system and of users, with known keys and typed values."""

from typing import Any

import httpx2
import pytest
from people import SignedIn
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.configuration_keys import KEYS, ConfigurationName
from app.models import Configuration

LANGUAGE = "analysis.language"


class Configurations:
    """What is configured, as one user reaches it."""

    def __init__(self, client: httpx2.AsyncClient, user: SignedIn) -> None:
        self._client, self._headers = client, user.headers

    async def call(self, method: str, path: str, **content: Any) -> httpx2.Response:
        return await self._client.request(
            method, f"/api/v1/{path}", headers=self._headers, **content
        )

    async def set(self, value: Any, key: str = LANGUAGE, of: str = "") -> httpx2.Response:
        return await self.call("PUT", f"{of}configurations/{key}", json={"value": value})

    async def counts(self, key: str = LANGUAGE) -> tuple[Any, str]:
        found = (await self.call("GET", f"configurations/{key}")).json()
        return found["value"], found["source"]


@pytest.fixture
def own(client: httpx2.AsyncClient, analyst: SignedIn) -> Configurations:
    return Configurations(client, analyst)


@pytest.fixture
def system(client: httpx2.AsyncClient, admin: SignedIn) -> Configurations:
    return Configurations(client, admin)


async def test_f4_ones_own_value_counts_then_the_systems_then_the_default(
    own: Configurations, system: Configurations
) -> None:
    assert await own.counts() == ("en", "default")
    answer = await system.set("de", of="system-")
    assert (answer.status_code, answer.json()["source"]) == (200, "system")
    assert await own.counts() == ("de", "system")
    answer = await own.set("pt")
    assert (answer.json()["value"], answer.json()["source"]) == ("pt", "user")
    assert await own.counts() == ("pt", "user")
    assert await system.counts() == ("de", "system"), "another's value is nobody else's"
    for _ in range(2):
        assert (await own.call("DELETE", f"configurations/{LANGUAGE}")).status_code == 204
    assert await own.counts() == ("de", "system")
    await system.call("DELETE", f"system-configurations/{LANGUAGE}")
    assert await own.counts() == ("en", "default")


async def test_f4_every_key_is_listed_with_the_value_that_counts(
    own: Configurations, system: Configurations
) -> None:
    await system.set(7, "files.retention_days", of="system-")
    await own.set(["*.log"], "files.excluded")
    listed = (await own.call("GET", "configurations")).json()["items"]
    assert [one["key"] for one in listed] == [key.value for key in ConfigurationName]
    found = {one["key"]: (one["value"], one["source"]) for one in listed}
    assert found["files.retention_days"] == (7, "system")
    assert found["files.excluded"] == (["*.log"], "user")
    everybodys = (await system.call("GET", "system-configurations")).json()["items"]
    assert {one["key"]: one["source"] for one in everybodys}["files.excluded"] == "default"
    assert all(one["description"] for one in listed)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (LANGUAGE, "xx"),
        (LANGUAGE, None),
        (LANGUAGE, True),
        ("analysis.max_findings", 0),
        ("analysis.max_findings", "5"),
        ("analysis.max_findings", 201),
        ("analysis.max_findings", True),
        ("files.excluded", [""]),
        ("files.excluded", "node_modules"),
        ("report.format", "pdf"),
        ("analysis.default_model", ""),
    ],
)
async def test_f4_a_value_of_another_type_is_refused_and_not_repeated(
    own: Configurations, key: str, value: Any
) -> None:
    answer = await own.set(value, key)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == "body.value"
    assert key in error["message"]
    assert "xx" not in answer.text
    assert (await own.counts(key))[1] == "default"


async def test_f4_what_is_the_same_for_everybody_is_nobodys_own(own: Configurations) -> None:
    key = "files.retention_days"
    for answer in (await own.set(1, key), await own.call("DELETE", f"configurations/{key}")):
        assert (answer.status_code, answer.json()["code"]) == (409, "configuration_not_personal")


async def test_f4_only_an_admin_configures_the_system(own: Configurations) -> None:
    for method, path in (
        ("GET", "system-configurations"),
        ("PUT", f"system-configurations/{LANGUAGE}"),
        ("DELETE", f"system-configurations/{LANGUAGE}"),
    ):
        content = {"json": {"value": "de"}} if method == "PUT" else {}
        assert (await own.call(method, path, **content)).status_code == 403


async def test_f4_an_unknown_key_is_none(own: Configurations, system: Configurations) -> None:
    assert (await own.set(1, "no.such")).status_code == 404
    assert (await own.call("GET", "configurations/no.such")).status_code == 404
    assert (await system.set(1, "no.such", of="system-")).status_code == 404


async def test_f4_the_same_value_again_writes_nothing(
    own: Configurations, session: AsyncSession
) -> None:
    for _ in range(3):
        await own.set("de")
    await own.set("fr")
    rows = (await session.execute(select(Configuration.value, Configuration.revision))).all()
    assert [tuple(row) for row in rows] == [("fr", 2)]


async def test_f1_the_system_has_one_value_for_a_key(session: AsyncSession) -> None:
    session.add_all([Configuration(user_id=None, key=LANGUAGE, value=one) for one in ("de", "fr")])
    with pytest.raises(IntegrityError, match="uq_configurations"):
        await session.flush()


async def test_f4_a_stored_value_that_is_no_longer_allowed_counts_as_not_set(
    own: Configurations, session: AsyncSession, analyst: SignedIn
) -> None:
    session.add(Configuration(user_id=analyst.user.id, key=LANGUAGE, value="tlh"))
    await session.commit()
    assert await own.counts() == ("en", "default")


async def test_f4_the_null_that_a_key_allows_is_a_value(
    own: Configurations, system: Configurations, session: AsyncSession
) -> None:
    key = "analysis.default_model"
    await system.set("big", key, of="system-")
    await own.set(None, key)
    assert await own.counts(key) == (None, "user")
    kinds = await session.scalars(select(func.jsonb_typeof(Configuration.value)))
    assert set(kinds) == {"string", "null"}


def test_f4_every_default_is_a_value_of_its_key() -> None:
    for key in KEYS.values():
        assert key.adapter.validate_python(key.default) == key.default
