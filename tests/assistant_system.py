"""The assistant as servers of its own, with users and upstreams, for the proofs of its promises."""

import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from padstone import migrations
from padstone.db import Database
from padstone.testing.databases import DatabaseFactory
from padstone.testing.servers import ServerProcess
from padstone.testing.services import redis_prefix, test_services
from padstone.testing.upstreams import Upstreams
from padstone.testing.users import SignedIn, sign_in

__all__ = ["Assistant", "assistant", "question"]

FOLDER = Path(__file__).resolve().parents[1] / "systems" / "assistant"
PRICES = {"double*": [1_000_000, 2_000_000]}
"""A micro for a token that is read, two for one that is written."""


def question(model: str, said: str, **options: Any) -> dict[str, Any]:
    """The body of a streamed completion."""
    messages = [{"role": "user", "content": said}]
    return {"model": model, "messages": messages, "stream": True, **options}


@dataclass
class Assistant:
    """The system, once it runs."""

    database: Database
    upstreams: Upstreams
    settings: Any
    environment: Mapping[str, str]
    folder: Path
    servers: list[ServerProcess] = field(default_factory=list)

    async def start(self) -> ServerProcess:
        """One more server."""
        log = self.folder / f"server-{len(self.servers)}.log"
        server = ServerProcess(FOLDER, dict(self.environment), log)
        server.start()
        self.servers.append(server)
        await server.ready("/health/live")
        return server

    async def rich_user(self, micros: int) -> SignedIn:
        """Somebody whose plan has every model, with this on top of what everybody has."""
        from app.services.credits import ledger
        from app.services.users import users

        async with self.database.session() as session:
            who = await sign_in(session, users, self.settings, plan="team")
        async with self.database.session() as session:
            await ledger.grant(session, who.user.id, micros, key="rich")
        return who


@asynccontextmanager
async def assistant(models: Mapping[str, str], **settings: str) -> AsyncIterator[Assistant]:
    """The system with these models at an upstream, and no server yet."""
    os.environ["ENVIRONMENT"] = "test"
    sys.path.insert(0, str(FOLDER))
    from app.core.config import Settings

    async with AsyncExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory())
        services = stack.enter_context(test_services(f"proof{os.getpid()}"))
        upstreams = stack.enter_context(Upstreams())
        url = await stack.enter_async_context(DatabaseFactory(services.admin_url).blank())
        entry = {"name": "double", "kind": "openai", "key": upstreams.KEY, "models": dict(models)}
        environment = {
            "ENVIRONMENT": "test",
            "DATABASE_URL": url,
            "DATABASE_POOL_MIN_SIZE": "1",
            "REDIS_URL": services.redis_url,
            "REDIS_PREFIX": redis_prefix(services.run),
            "MAIL_URL": services.mailbox.mail_url,
            "MAIL_FROM": "assistant@example.com",
            "LOG_LEVEL": "WARNING",
            "PROVIDERS": json.dumps([entry | {"base_url": upstreams.openai_url}]),
            "PRICES": json.dumps(PRICES),
            **settings,
        }
        own = Settings(DATABASE_URL=url, DATABASE_POOL_MIN_SIZE=0)
        migrations.upgrade(own)
        database = Database(own)
        stack.push_async_callback(database.close)
        system = Assistant(database, upstreams, own, environment, Path(name))
        try:
            yield system
        finally:
            for server in system.servers:
                await server.stop(within=60)
