"""A plain API where the package is installed without any extra, and without packages of one."""

import json
import os

from installed import HOUSE, hidden, python

from .conftest import Program

ROUTER = """
from fastapi import APIRouter
from padstone.auth import PrincipalDep
from padstone.db import SessionDep
from sqlalchemy import text

router = APIRouter()


@router.get("/me")
async def me(principal: PrincipalDep, session: SessionDep) -> dict[str, str]:
    return {"who": str(principal.subject), "db": str(await session.scalar(text("SELECT 'yes'")))}
"""

RUN = """
import asyncio, contextlib, io, os

from padstone.__main__ import main

def padstone(*arguments):
    sys.argv = ["padstone", *arguments]
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main() == 0, (arguments, out.getvalue())
    return out.getvalue()

padstone("--help")
padstone("db", "upgrade")
padstone("db", "revision", "-m", "what is told")
padstone("db", "upgrade")
padstone("db", "check")
key = padstone("keys", "create", "--email", "ann@example.com", "--name", "first").split()[-1]
from app.main import app

async def ask(path, state, *headers):
    said = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        said.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "headers": list(headers), "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80), "state": dict(state),
    }
    await app(scope, receive, send)
    return said[0]["status"], json.loads(b"".join(one.get("body", b"") for one in said[1:]))

async def answers():
    async with app.router.lifespan_context(app) as state:
        return [
            await ask("/health/ready", state),
            await ask("/me", state),
            await ask("/me", state, (b"x-api-key", key.encode())),
            await ask("/nowhere", state),
        ]

print(json.dumps(asyncio.run(answers())))
"""


def test_it_is_migrated_gets_a_key_and_answers(keyed: Program, blank_database: str) -> None:
    main = keyed.folder / "app" / "main.py"
    text = main.read_text().replace("routers=[]", "routers=[router]")
    main.write_text(f"from app.api import router\n{text}")
    (keyed.folder / "app" / "api.py").write_text(ROUTER)
    revision = HOUSE / "templates" / "minimal" / "alembic" / "script.py.mako"
    (keyed.folder / "alembic" / "script.py.mako").write_text(revision.read_text())
    given = {"DATABASE_URL": blank_database, "PYTHONPATH": os.fspath(keyed.folder)}
    said = python(
        RUN, without=hidden(), cwd=keyed.folder, env=keyed.whole_environment(given)
    ).splitlines()
    ready, nobody, ann, nowhere = json.loads(said[-1])
    assert ready[0] == 200, ready
    assert (nobody[0], nobody[1]["code"]) == (401, "unauthenticated")
    assert (ann[0], ann[1]["db"]) == (200, "yes")
    assert (nowhere[0], nowhere[1]["code"]) == (404, "not_found")
