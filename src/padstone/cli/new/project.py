"""The files of a new project, from its template."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from padstone.cli.failures import UsageError
from padstone.cli.new.manifest import adapted
from padstone.cli.new.naming import identifier, title
from padstone.cli.new.origin import WHEELS, Origin
from padstone.cli.new.templates import Edit, Template

__all__ = ["contents", "laid", "write"]

_LAID = Path(__file__).parent / "laid"
# Their names here would have git and uv take them for ours.
_PLACES = {
    "Dockerfile": "Dockerfile",
    "Makefile": "Makefile",
    "ci.yml": ".github/workflows/ci.yml",
    "dockerignore": ".dockerignore",
    "gitignore": ".gitignore",
}
_LINK = re.compile(r"\[([^\]]+)\]\((\.\.[^)]*)\)")


def laid(name: str) -> str:
    """The text of one of the files that every project gets."""
    return (_LAID / name).read_text(encoding="utf-8")


def contents(template: Template, name: str, origin: Origin) -> dict[str, bytes]:
    """Every file of the project ``name``, by its path."""
    made = {path: (template.folder / path).read_bytes() for path in template.files()}
    project = made["pyproject.toml"].decode()
    tools, left_out = laid("tools.toml"), template.tables_left_out
    made["pyproject.toml"] = adapted(project, tools, origin, left_out).encode()
    for edit in (*template.edits, *_renaming(template, name)):
        made[edit.path] = _edited(made[edit.path].decode(), edit).encode()
    for path, content in made.items():
        if path.endswith(".md"):
            made[path] = _without_links_out(PurePosixPath(path), content.decode()).encode()
    made |= {place: text.encode() for place, text in _laid_out(template, name, origin)}
    if origin.wheel is not None:
        made[f"{WHEELS}/{origin.wheel.name}"] = origin.wheel.read_bytes()
    return dict(sorted(made.items()))


def write(folder: Path, made: Mapping[str, bytes]) -> None:
    """Writes all files or none. Raises ``UsageError`` where ``folder`` has something in it."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageError(f"{folder} is there and is no folder. Choose another name.")
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty. Choose another name, or empty it.")
    begun = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for path, content in made.items():
            target = begun / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            # An installer need not keep what a wheel says of modes.
            target.chmod(0o755 if content.startswith(b"#!") else 0o644)
        begun.chmod(0o755)
        if folder.is_dir():
            folder.rmdir()
        os.replace(begun, folder)  # noqa: PTH105  # pathlib's reads as if a file were moved
    except BaseException:
        shutil.rmtree(begun, ignore_errors=True)
        raise


def _renaming(template: Template, name: str) -> Iterator[Edit]:
    old, port, readme = template.name, template.port, "README.md"
    yield Edit("pyproject.toml", f'[project]\nname = "{old}"\n', f'[project]\nname = "{name}"\n')
    system = 'SYSTEM: ClassVar[str] = "{}"'
    yield Edit("app/core/config.py", system.format(old), system.format(identifier(name)))
    for path in ("app/main.py", *template.titled):
        yield Edit(path, f'"{old.capitalize()}"', f'"{title(name)}"')
    yield Edit(readme, f"# {old}\n", f"# {name}\n")
    build = f"docker build -f {template.home}/{old}/Dockerfile -t {old} ."
    yield Edit(readme, f"{build}   # from the repository's root", f"docker build -t {name} .")
    yield Edit(readme, f"production.env {old} padstone", f"production.env {name} padstone")
    yield Edit(readme, f"-p {port}:{port} {old}\n", f"-p {port}:{port} {name}\n")
    if template.home == "systems":
        yield Edit(
            readme,
            f"$ make dev SYSTEM={old:<16}# from the repository's root\n",
            "$ make dev                        # everything, and what to try first\n"
            "$ make test                       # every test, on services of its own\n",
        )


def _edited(text: str, edit: Edit) -> str:
    if edit.old not in text:
        raise ValueError(f"{edit.path} of the template lacks {edit.old!r}")
    return text.replace(edit.old, edit.new)


def _without_links_out(page: PurePosixPath, text: str) -> str:
    """Links to our repository's pages become their words."""

    def unlinked(link: re.Match[str]) -> str:
        up = link[2].count("../")
        return link[0] if up < len(page.parts) else link[1]

    return _LINK.sub(unlinked, text)


def _laid_out(template: Template, name: str, origin: Origin) -> Iterator[tuple[str, str]]:
    wheels = f"COPY {WHEELS} {WHEELS}\n" if origin.wheel is not None else ""
    for file, place in _PLACES.items():
        text = laid(file).replace("{{name}}", name).replace("{{port}}", str(template.port))
        yield place, text.replace("{{wheels}}\n", wheels)
