"""From a new project to a resource that answers: every type, every check, a real server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from padstone.cli.new.origin import Origin
from padstone.cli.new.project import contents, write
from padstone.cli.new.templates import TEMPLATES
from padstone.testing.servers import ServerProcess
from padstone.testing.services import TestServices

ROOT = Path(__file__).resolve().parents[3]
EVERY_TYPE = [
    *("title:str:unique", "label:str=20:default=a", "body:text:optional", "stock:int:default=0"),
    *("weight:float:index", "price:decimal=10,2", "is_open:bool:default=true", "due:date"),
    *("seen_at:datetime:optional", "code:uuid", "extra:json"),
    *("status:enum=draft,done:default=draft", "note:references"),
]
BODY = {
    "title": "Kettle",
    "weight": 1.5,
    "price": "19.90",
    "due": "2026-12-24",
    "code": "01890a5d-ac96-774b-bcce-b302099a8057",
    "extra": {"colour": ["red"]},
}
CHECKS = [
    ("ruff", "check", "--no-cache"),
    ("ruff", "format", "--check", "--no-cache"),
    ("mypy", "app", "--cache-dir", str(ROOT / ".mypy_cache")),
]
RUN_ALL = """
import json, sys
from padstone.cli.program import run
for command in json.loads(sys.argv[1]):
    assert run(command) == 0, command
"""


class Project:
    """A project that was made from the smallest template, with the services of this test run."""

    def __init__(self, folder: Path, services: TestServices, database_url: str) -> None:
        self.folder, self.services = folder, services
        write(folder, contents(TEMPLATES["minimal"], folder.name, Origin("0.1.0", "a test")))
        self.environment = {
            "DATABASE_URL": database_url,
            "MAIL_FROM": "blog@example.com",
            "MAIL_URL": "smtp://127.0.0.1:9",  # nobody is mailed, so nobody need be there
        }

    def run(self, module: str, *args: str, **environment: str) -> str:
        return self._run(["-m", module, *args], environment)

    def padstone(self, *commands: list[str]) -> str:
        """All of them in one process, since it takes a second to begin."""
        return self._run(["-c", RUN_ALL, json.dumps(commands)], {})

    def _run(self, args: list[str], environment: dict[str, str]) -> str:
        done = subprocess.run(
            [sys.executable, *args],
            cwd=self.folder,
            env=os.environ | self.environment | environment | {"ENVIRONMENT": "development"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{args}\n{done.stdout}{done.stderr}"
        return done.stdout

    def keep_their_floors(self) -> None:
        lint = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
        subprocess.run(lint, cwd=self.folder, check=True, capture_output=True)

    def files(self) -> dict[Path, bytes]:
        return {
            path: path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }


@pytest.fixture
def project(tmp_path: Path, test_services: TestServices, blank_database: str) -> Project:
    return Project(tmp_path / "blog", test_services, blank_database)


async def test_from_a_new_project_to_a_resource_that_answers(
    project: Project, tmp_path: Path
) -> None:
    before = project.files()
    added = ["add", "resource", "item", *EVERY_TYPE]
    printed = project.padstone(["db", "upgrade"], added).splitlines()
    made = [line.split()[1] for line in printed if line.startswith("made")]
    edited = [line.split()[1] for line in printed if line.startswith("edited")]
    assert len(printed) == len(made) + len(edited), "nothing is left to do"
    after = project.files()
    assert {project.folder / one for one in made} == after.keys() - before.keys()
    changed = {path for path in before if after[path] != before[path]}
    assert changed == {project.folder / one for one in edited}

    for module, *args in CHECKS:
        project.run(module, *args)
    project.keep_their_floors()
    given = {**project.services.storage, "DATABASE_URL": project.services.admin_url}
    given["REDIS_URL"] = project.services.redis_url
    tests = project.run(
        *("pytest", "-q", "-p", "no:cacheprovider", "tests/test_items.py"),
        **{f"PADSTONE_TEST_{name}": value for name, value in given.items()},
    )
    assert "2 passed" in tests
    secret = project.padstone(
        *(["db", "lint"], ["db", "upgrade"], ["db", "check"]),
        ["keys", "create", "--email", "ann@example.com"],
    ).strip()
    await answers(project, secret, tmp_path / "server.log")


async def answers(project: Project, secret: str, log: Path) -> None:
    server = ServerProcess(project.folder, project.environment, log)
    server.start()
    try:
        await server.ready()
        headers = {"Authorization": f"Bearer {secret}"}
        async with httpx2.AsyncClient(
            base_url=f"{server.url}/api/v1", headers=headers, timeout=30
        ) as client:
            note = (await client.post("/notes", json={"title": "A"})).json()["id"]
            made = await client.post("/items", json={**BODY, "note_id": note})
            assert made.status_code == 201, made.text
            shown = {**BODY, "note_id": note, "label": "a", "stock": 0, "status": "draft"}
            assert made.json().items() >= shown.items()
            assert (await client.post("/items", json={**BODY, "note_id": note})).status_code == 409
            wrong = await client.post("/items", json={**BODY, "note_id": BODY["code"]})
            assert wrong.status_code == 422, "no note of that id is the caller's"
            found = await client.get("/items", params={"price__gte": "19", "status__in": "draft"})
            assert [one["title"] for one in found.json()["items"]] == ["Kettle"]
    finally:
        await server.stop()
