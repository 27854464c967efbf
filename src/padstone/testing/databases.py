"""Databases for tests: new ones, clones of a migrated one, and none that is not a test's."""

import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

__all__ = ["DatabaseFactory"]

_OURS = re.compile(r"test_[a-z0-9_]{1,58}").fullmatch


class DatabaseFactory:
    """Makes and drops databases on one PostgreSQL server.

    On a server that outlives the tests all names hold ``run``, by which ``drop_all`` finds them.
    Without it one run finds the templates that another has made.
    """

    def __init__(self, admin_url: str, run: str = "") -> None:
        self._admin_url = admin_url
        self._run = run
        self._prefix = f"test_{run}_" if run else "test_"

    def url(self, name: str) -> str:
        """The URL of the database ``name``. Refuses any that is not a test's."""
        _refuse_foreign(name)
        return urlunsplit(urlsplit(self._admin_url)._replace(path=f"/{name}"))

    @asynccontextmanager
    async def blank(self) -> AsyncIterator[str]:
        """The URL of an empty database that is gone afterwards."""
        async with self._made("template0") as url:
            yield url

    @asynccontextmanager
    async def clone(self, template: str) -> AsyncIterator[str]:
        """The URL of a copy of ``template``, a test's database too, that is gone afterwards."""
        _refuse_foreign(template)
        async with self._made(template) as url:
            yield url

    async def template(self, system: str, folder: Path, migrate: Callable[[str], object]) -> str:
        """The name of a database that ``migrate`` has brought to head, made once for all processes.

        Its name holds a digest of the migrations, so that a changed one makes a new template.
        """
        digest = hashlib.sha256()
        for script in sorted((folder / "alembic" / "versions").glob("*.py")):
            digest.update(script.read_bytes())
        name = f"{self._prefix}template_{system}_{digest.hexdigest()[:12]}"
        admin = await self._connect()
        try:
            # One process makes it, and the others wait.
            await admin.execute("SELECT pg_advisory_lock(hashtextextended($1, 0))", name)
            done = await admin.fetchval(
                "SELECT datistemplate FROM pg_database WHERE datname=$1", name
            )
            if not done:
                await self._drop(admin, name)
                await self._create(admin, name, "template0")
                migrate(self.url(name))
                await admin.execute(f'ALTER DATABASE "{name}" IS_TEMPLATE true')
        finally:
            await admin.close()
        return name

    async def drop_all(self) -> None:
        """Drops the databases of the run: its templates, and what a killed process has left."""
        if not self._run:  # its databases cannot be told from those of others
            raise ValueError("There is no run whose databases these could be. Nothing was touched.")
        admin = await self._connect()
        try:
            found = await admin.fetch(
                "SELECT datname, datistemplate FROM pg_database WHERE starts_with(datname, $1)",
                self._prefix,
            )
            for name, is_template in found:
                if is_template:
                    await admin.execute(f'ALTER DATABASE "{name}" IS_TEMPLATE false')
                await self._drop(admin, name)
        finally:
            await admin.close()

    @asynccontextmanager
    async def _made(self, template: str) -> AsyncIterator[str]:
        name = f"{self._prefix}{secrets.token_hex(8)}"
        admin = await self._connect()
        try:
            await self._create(admin, name, template)
        finally:
            await admin.close()
        try:
            yield self.url(name)
        finally:
            admin = await self._connect()
            try:
                await self._drop(admin, name)
            finally:
                await admin.close()

    async def _create(self, admin: asyncpg.Connection, name: str, template: str) -> None:
        _refuse_foreign(name)
        await admin.execute(
            f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'
            if template != "template0"
            else f'CREATE DATABASE "{name}" TEMPLATE template0'
        )

    async def _drop(self, admin: asyncpg.Connection, name: str) -> None:
        _refuse_foreign(name)
        try:
            await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        except asyncpg.InsufficientPrivilegeError:
            # Autovacuum is at work there. Force wants to end it by a right that this role lacks;
            # without force PostgreSQL ends it by itself.
            await admin.execute(f'DROP DATABASE IF EXISTS "{name}"')

    async def _connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(self._admin_url.replace("+asyncpg", ""))


def _refuse_foreign(name: str) -> None:
    if not _OURS(name):
        raise ValueError(
            f"{name!r} is not a test's database: its name does not begin with test_. "
            "Nothing was touched."
        )
