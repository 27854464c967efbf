"""The documentation names everything. That its examples work, the contract's tests show."""

import re
from pathlib import Path

from app.core import exceptions
from app.main import app

DOCS = Path(__file__).resolve().parents[1] / "docs" / "api"
ENDPOINTS = (DOCS / "ENDPOINTS.md").read_text()


def _shown() -> set[tuple[str, str]]:
    """Method and path of each ``curl``, with ``{}`` for what varies."""
    shown = set()
    blocks = "\n".join(re.findall(r"^```sh\n(.*?)^```$", ENDPOINTS, re.MULTILINE | re.DOTALL))
    for command in blocks.replace("\\\n", " ").splitlines():
        found = re.search(r"\$URL(/[^\s\"?]*)", command)
        if found is None:
            continue
        method = re.search(r"-X ([A-Z]+)", command)
        sends = "--json" in command or "--data-binary" in command
        path = re.sub(r"\$\w+", "{}", found[1])
        shown.add((method[1] if method else "POST" if sends else "GET", path))
    return shown


def test_d2_every_endpoint_is_documented() -> None:
    offered = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path))
        for path, item in app.openapi()["paths"].items()
        for method in item
    }
    assert _shown() == offered


def test_d4_every_error_code_of_the_system_is_documented() -> None:
    own = {
        value.code
        for value in vars(exceptions).values()
        if isinstance(value, type) and value.__module__ == exceptions.__name__
    }
    assert own
    assert all(f"`{code}`" in ENDPOINTS for code in own)


def test_every_script_is_documented() -> None:
    text = (DOCS / "DEVELOPMENT.md").read_text()
    scripts = sorted(path.name for path in (DOCS.parents[1] / "scripts").glob("*.sh"))
    assert scripts == [
        "create_migration.sh",
        "reset_db.sh",
        "run_migration.sh",
        "run_server.sh",
        "tools.sh",
    ]
    assert all(f"scripts/{name}" in text for name in scripts if name != "tools.sh")
