"""The public API as pages, read from the code: what each room offers, as it is written there.

Signatures are those of the source, so that types have the names that people type, and the words
are the docstrings. ``generate.py`` writes the pages.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import padstone

# Rooms whose own rooms are public as well.
INNER = ("padstone.auth.users", "padstone.auth.cookie_sessions", "padstone.testing.contract")
# What nobody calls: resources find the express lane by themselves.
OURS = ("padstone.__main__", "padstone.express")
# What tests import of the plugin; the rest of it is fixtures, and what these are made of.
TESTING = ("mailbox", "processes", "proxies", "queries", "running", "servers", "upstreams", "users")
WIDE = 88

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def rooms() -> list[str]:
    """Every module that offers something to others, by its name."""
    found = [f"padstone.{module.name}" for module in iter_modules(padstone.__path__)]
    inner = [*INNER, *(f"padstone.testing.{name}" for name in TESTING)]
    return sorted(
        name
        for name in (*found, *inner)
        if name not in OURS and hasattr(import_module(name), "__all__")
    )


def index() -> str:
    """The rooms, and what each is for."""
    rows = [
        f"| [`{room}`]({room}.md) | {_prose(import_module(room)).splitlines()[0]} |"
        for room in rooms()
    ]
    return (
        "# Public API\n\nWhat is named here is kept: it changes with a word in the changelog, and "
        "what is to go warns one\nminor version ahead. Everything else may change at any time. "
        "From `padstone` itself come\n`Application`, `Settings` and `create_app`.\n\n"
        "| room | |\n|---|---|\n" + "\n".join(rows) + "\n"
    )


def page(room: str) -> str:
    """What a room offers."""
    module = import_module(room)
    parts = [f"# {room}", _prose(module)]
    parts += [part for name in module.__all__ for part in entry(module, name)]
    return "\n\n".join(part for part in parts if part) + "\n"


def entry(module: ModuleType, name: str) -> Iterator[str]:
    """A name's heading, its form, and its words."""
    value = getattr(module, name)
    yield f"## {name}"
    if inspect.ismodule(value):
        yield _prose(value)
        return
    found = _definition(value)
    if found is None:
        yield _of_data(module, name)
        return
    yield f"```python\n{_form(found)}\n```"
    yield _prose(value)
    if isinstance(found, ast.ClassDef):
        yield from _members(found)


def _definition(value: Any) -> Definition | None:
    """Where a class or a function is written."""
    if not (inspect.isclass(value) or inspect.isfunction(value)):
        return None
    found = ast.parse(inspect.cleandoc(f"\n{_dedented(value)}")).body[0]
    return found if isinstance(found, Definition) else None


def _dedented(value: Any) -> str:
    from textwrap import dedent

    return dedent(inspect.getsource(inspect.unwrap(value)))


def _form(found: Definition, within: str = "") -> str:
    """How it is called, or what it holds."""
    if not isinstance(found, ast.ClassDef):
        word = "async def" if isinstance(found, ast.AsyncFunctionDef) else "def"
        gives = f" -> {ast.unparse(found.returns)}" if found.returns else ""
        return _wrapped(
            f"{word} {within}{found.name}", _parameters(found, bound=bool(within)), gives
        )
    bases = [ast.unparse(base) for base in found.bases]
    head = f"class {found.name}" + (f"({', '.join(bases)})" if bases else "")
    fields = [f"    {ast.unparse(line)}" for line in found.body if _is_field(line)]
    made = [line for line in found.body if getattr(line, "name", "") == "__init__"]
    if made and isinstance(made[0], ast.FunctionDef):
        called = _wrapped(found.name, _parameters(made[0], bound=True), "")
        return f"{head}\n{called}"
    return "\n".join([f"{head}:", *fields]) if fields else head


def _is_field(line: ast.stmt) -> bool:
    if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
        return not line.target.id.startswith("_")
    return isinstance(line, ast.Assign) and all(
        isinstance(target, ast.Name) and not target.id.startswith("_") for target in line.targets
    )


def _parameters(found: ast.FunctionDef | ast.AsyncFunctionDef, *, bound: bool) -> list[str]:
    """The parameters as written, one by one, without the ``self`` of methods."""
    given = found.args
    plain = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(plain) - len(given.defaults)) + list(given.defaults)
    told = [_parameter(one, default) for one, default in zip(plain, defaults, strict=True)]
    if given.posonlyargs:
        told.insert(len(given.posonlyargs), "/")
    if bound and told and not any(_named(one, "staticmethod") for one in found.decorator_list):
        told = told[1:]
    if given.vararg:
        told.append(f"*{ast.unparse(given.vararg)}")
    elif given.kwonlyargs:
        told.append("*")
    told += [
        _parameter(one, default)
        for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
    ]
    return [*told, *([f"**{ast.unparse(given.kwarg)}"] if given.kwarg else [])]


def _parameter(parameter: ast.arg, default: ast.expr | None) -> str:
    said = ast.unparse(parameter)
    if default is None:
        return said
    equals = " = " if parameter.annotation else "="
    return f"{said}{equals}{ast.unparse(default)}"


def _wrapped(head: str, parameters: list[str], gives: str) -> str:
    line = f"{head}({', '.join(parameters)}){gives}"
    if len(line) <= WIDE or not parameters:
        return line
    listed = "".join(f"    {parameter},\n" for parameter in parameters)
    return f"{head}(\n{listed}){gives}"


def _members(found: ast.ClassDef) -> Iterator[str]:
    """The public methods and properties that a class writes itself, with their words."""
    for line in found.body:
        if not isinstance(line, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if line.name.startswith("_") or any(
            _named(one, "overload") or ast.unparse(one).endswith(".setter")
            for one in line.decorator_list
        ):
            continue
        prose = _words(ast.get_docstring(line) or "")
        if any("property" in ast.unparse(one) for one in line.decorator_list):
            gives = f": {ast.unparse(line.returns)}" if line.returns else ""
            form = f"{found.name}.{line.name}{gives}"
        else:
            form = _form(line, within=f"{found.name}.")
        yield f"### {found.name}.{line.name}\n\n```python\n{form}\n```"
        yield prose


def _named(decorator: ast.expr, name: str) -> bool:
    return isinstance(decorator, ast.Name) and decorator.id == name


def _prose(value: Any) -> str:
    """Its own docstring; an error's is the sentence that callers read."""
    own = vars(value).get("__doc__") if inspect.isclass(value) else inspect.getdoc(value)
    if own is None and inspect.isclass(value) and (detail := vars(value).get("detail")):
        return f"{detail}"
    return _words(inspect.cleandoc(own or ""))


def _words(docstring: str) -> str:
    """A docstring as Markdown: ``::`` announces a block, which is indented in both."""
    text = re.sub(r"(?m)^::$\n?", "", docstring)
    return re.sub(r"(?m)(\S)::$", r"\1:", text).strip()


def _of_data(module: ModuleType, name: str) -> str:
    """A variable as it is written, with the words below or the comment above it."""
    folder = Path(module.__file__ or "")
    files = sorted(folder.parent.rglob("*.py")) if folder.name == "__init__.py" else [folder]
    for file in files:
        text = file.read_text()
        for line, after in pairwise([*ast.parse(text).body, ast.Pass()]):
            targets = getattr(line, "targets", [getattr(line, "target", None)])
            if any(isinstance(one, ast.Name) and one.id == name for one in targets):
                words = _below(after) or _above(text.splitlines(), line.lineno)
                if words:
                    return f"```python\n{_assigned(line)}\n```\n\n{_words(words)}"
    return ""


def _assigned(line: ast.stmt) -> str:
    written = ast.unparse(line)
    return written if len(written) <= WIDE else f"{written[: WIDE - 2]} …"


def _below(after: ast.stmt) -> str:
    if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
        return inspect.cleandoc(str(after.value.value))
    return ""


def _above(lines: list[str], number: int) -> str:
    found: list[str] = []
    while number > 1 and lines[number - 2].startswith("#"):
        number -= 1
        found.insert(0, lines[number - 1].lstrip("# "))
    return " ".join(found)
