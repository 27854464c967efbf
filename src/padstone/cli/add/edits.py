"""Edits of files that are there, at places that are recognised by what the code says.

Each gives the new text, or ``None`` where the place is not as it is known, so that a person is told
what to write instead.
"""

import ast
from collections.abc import Iterator

__all__ = ["with_model", "with_route", "with_shared"]


def with_model(text: str, model: str, module: str) -> str | None:
    """``app/models/__init__.py`` with one more model, imported and in ``__all__``."""
    tree = ast.parse(text)
    names = _assigned(tree, "__all__")
    if not isinstance(names, ast.List) or not all(
        isinstance(one, ast.Constant) for one in names.elts
    ):
        return None
    listed = sorted({*ast.literal_eval(names), model}, key=lambda one: (not one.isupper(), one))
    shown = ", ".join(f'"{one}"' for one in listed)
    text = _replaced(text, names, f"[{shown}]")
    if len(f"__all__ = [{shown}]") > _WIDTH:
        lines = "".join(f'    "{one}",\n' for one in listed)
        text = text.replace(f"[{shown}]", f"[\n{lines}]")
    return _imported(text, tree, f"from {module} import {model}")


def with_route(text: str, resource: str, module: str) -> str | None:
    """The router's module with ``api_router.include_router(….router)`` at its end.

    What the last of them depends on, such as a limit of requests, this one depends on too.
    """
    tree = ast.parse(text)
    calls = [(statement, call) for statement in tree.body for call in _inclusions(statement)]
    if not calls or resource in _names(tree):
        return None
    last, call = calls[-1]
    shared = [ast.unparse(one) for one in call.keywords if one.arg == "dependencies"]
    line = f"api_router.include_router({', '.join([f'{resource}.router', *shared])})"
    lines = text.splitlines(keepends=True)
    lines.insert(last.end_lineno or len(lines), f"{line}\n")
    return _imported("".join(lines), tree, f"from {module} import {resource}")


def with_shared(text: str, parameter: str, operations: list[str]) -> str | None:
    """``tests/world.py``, whose ``World`` knows rows that are everybody's, and who may ask."""
    for attribute, added in (("shared", [parameter]), ("open", operations)):
        tree = ast.parse(text)
        world = next(
            (one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == "World"),
            None,
        )
        if world is None:
            return None
        value = _assigned(world, attribute)
        if value is None:
            text = _with_attribute(text, world, f"{attribute} = frozenset({_set(added)})")
            continue
        if not (
            isinstance(value, ast.Call)
            and ast.unparse(value.func) == "frozenset"
            and len(value.args) == 1
            and isinstance(value.args[0], ast.Set)
        ):
            return None
        present = ast.literal_eval(value.args[0])
        text = _replaced(text, value, f"frozenset({_set([*present, *added])})")
    return text


_WIDTH = 100


def _set(values: list[str]) -> str:
    return "{" + ", ".join(f'"{one}"' for one in sorted(set(values))) + "}"


def _with_attribute(text: str, world: ast.ClassDef, line: str) -> str:
    first = world.body[0]
    has_prose = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    lines = text.splitlines(keepends=True)
    if has_prose:
        lines.insert(first.end_lineno or 0, f"\n    {line}\n")
    else:
        lines.insert(first.lineno - 1, f"    {line}\n")
    return "".join(lines)


def _assigned(tree: ast.Module | ast.ClassDef, name: str) -> ast.expr | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and [ast.unparse(one) for one in node.targets] == [name]:
            return node.value
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name:
            return node.value
    return None


def _inclusions(statement: ast.stmt) -> Iterator[ast.Call]:
    if not isinstance(statement, ast.Expr | ast.For):
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "api_router.include_router":
            yield node


def _names(tree: ast.Module) -> set[str]:
    imported = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    return imported | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _replaced(text: str, node: ast.expr, new: str) -> str:
    lines = text.splitlines(keepends=True)
    before = "".join(lines[: node.lineno - 1]) + _cut(lines[node.lineno - 1], node.col_offset)[0]
    after = _cut(lines[(node.end_lineno or 0) - 1], node.end_col_offset or 0)[1]
    return f"{before}{new}{after}{''.join(lines[node.end_lineno or 0 :])}"


def _cut(line: str, offset: int) -> tuple[str, str]:
    # Offsets count bytes.
    whole = line.encode()
    return whole[:offset].decode(), whole[offset:].decode()


def _imported(text: str, tree: ast.Module, line: str) -> str | None:
    """``text`` with an import among those of our own rooms, in their order."""
    module = line.split()[1]
    ours = [
        node
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app")
    ]
    if not ours:
        return None
    later = [node for node in ours if (node.module or "") > module]
    place = later[0].lineno - 1 if later else ours[-1].end_lineno or 0
    lines = text.splitlines(keepends=True)
    lines.insert(place, f"{line}\n")
    return "".join(lines)
