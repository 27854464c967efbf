"""Images that are not what they must be. That a good one is built, each system's own test shows."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from padstone.settings import DatabaseSettings
from padstone.testing.contract import dockerfile

GOOD = """\
# An image.
FROM python:3.11-slim-bookworm AS build
RUN uv sync --frozen \\
  --no-dev
FROM python:3.11-slim-bookworm
ENV ENVIRONMENT=production PORT=8000
COPY app /srv/things/app
WORKDIR /srv/things
USER 10001
HEALTHCHECK CMD ["python", "-c", "/health/live"]
CMD ["padstone", "serve"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "systems" / "things"
    folder.mkdir(parents=True)
    return folder


def test_an_image_as_it_must_be(folder: Path) -> None:
    (folder / "Dockerfile").write_text(GOOD)
    dockerfile.test_c10_what_an_image_must_have(folder)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("USER 10001", "USER root"),
        ("USER 10001", "USER 0"),
        ("ENVIRONMENT=production ", ""),
        ("/health/live", "/health/ready"),
        ('["padstone", "serve"]', '["uvicorn"]'),
        ("3.11-slim-bookworm\nENV", "3.11\nENV"),
    ],
)
def test_an_image_as_it_must_not_be(folder: Path, before: str, after: str) -> None:
    (folder / "Dockerfile").write_text(GOOD.replace(before, after))
    with pytest.raises(AssertionError):
        dockerfile.test_c10_what_an_image_must_have(folder)


@pytest.mark.parametrize(
    ("installed", "statuses", "said"),
    [
        (["padstone", "pytest"], (0, 1), "DATABASE_URL SECRET_KEY"),
        ([], (0, 1), "DATABASE_URL SECRET_KEY"),
        (["padstone"], (1, 1), "DATABASE_URL SECRET_KEY"),
        (["padstone"], (0, 0), "DATABASE_URL SECRET_KEY"),
        (["padstone"], (0, 1), "SECRET_KEY"),
        (["padstone"], (0, 1), "DATABASE_URL SECRET_KEY Traceback"),
        (["padstone"], (0, 1), None),
    ],
)
async def test_what_the_steps_leave(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    tmp_path: Path,
    installed: list[str],
    statuses: tuple[int, int],
    said: str | None,
) -> None:
    """A stand-in for uv makes an environment with what is said; its last line is as it must be."""
    monkeypatch.setattr(dockerfile.shutil, "which", lambda _: None)  # this machine's own
    (folder / "Dockerfile").write_text(GOOD)
    app = tmp_path / "app"
    app.mkdir()
    (app / "main.py").write_text("here")
    (tmp_path / "uv.lock").touch()
    tools = tmp_path / ".tools" / "uv" / "bin"
    tools.mkdir(parents=True)
    packages = "$UV_PROJECT_ENVIRONMENT/lib/python3.11/site-packages"
    words = said or "DATABASE_URL SECRET_KEY"
    (tools / "uv").write_text(
        "#!/bin/sh -eu\n"
        f'mkdir -p "$UV_PROJECT_ENVIRONMENT/bin" "{packages}"\n'
        + "".join(f'mkdir -p "{packages}/{name}"\n' for name in installed)
        + 'cat > "$UV_PROJECT_ENVIRONMENT/bin/padstone" <<END\n'
        f"#!/bin/sh\ntest -f app/main.py || exit 3\necho {words} >&2\n"
        f"test \\$1 = serve || exit {statuses[0]}\nexit {statuses[1]}\nEND\n"
        'chmod +x "$UV_PROJECT_ENVIRONMENT/bin/padstone"\n'
    )
    (tools / "uv").chmod(0o755)
    things: Any = SimpleNamespace(settings=DatabaseSettings())
    run = dockerfile.test_c10_the_steps_of_the_image(things, folder, tmp_path / "image")
    (tmp_path / "image").mkdir()
    if said is None:
        await run
    else:
        with pytest.raises(AssertionError):
            await run
