"""The files of a resource, as they are written."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from padstone.cli.add.field import Field
from padstone.cli.add.imports import with_imports
from padstone.cli.add.naming import Name
from padstone.cli.add.project import Project

__all__ = ["files_of"]

_TEMPLATES = Path(__file__).parent / "templates"


def files_of(name: Name, fields: Sequence[Field], project: Project) -> dict[str, str]:
    """Every new file by its path. The project's owner is that of the rows."""
    own = _homes(name, fields)
    values: dict[str, Any] = {
        "name": name,
        "fields": fields,
        "owner": project.owner,
        "path": f"{project.prefix}/{name.path}",
        "able": _able(project),
        "changed": next((field for field in fields if not field.is_reference), None),
        **_model(name, fields, project),
        **_schema(name, fields),
        **_declaration(fields, project),
    }
    made = {
        f"app/models/{name.one}.py": ("model", f"{_head(name)}: the table."),
        f"app/schemas/{name.one}.py": ("schema", f"{_head(name)} over the wire."),
        f"{project.routes}/{name.many}.py": ("resource", _of_whom(name, project)),
        f"tests/test_{name.many}.py": ("test", f"{_head(name)}, as whoever calls meets them."),
    }
    if values["enums"]:
        words = f"The words that are said of {name.plural_words}."
        made[f"app/core/{name.one}_words.py"] = ("vocabulary", words)
    return {
        path: with_imports(prose, _rendered(template, values), own if template != "test" else {})
        for path, (template, prose) in made.items()
    }


def _rendered(template: str, values: dict[str, Any]) -> str:
    from mako.template import Template  # type: ignore[import-untyped]

    file = _TEMPLATES / f"{template}.py.mako"
    text: str = Template(filename=str(file)).render_unicode(**values)  # noqa: S702  # no HTML
    return text


def _homes(name: Name, fields: Sequence[Field]) -> dict[str, str]:
    schemas = f"app.schemas.{name.one}"
    homes = {f"{name.model}{end}": schemas for end in ("Create", "Read", "Update")}
    homes |= {
        field.enum_class(name.model): f"app.core.{name.one}_words"
        for field in fields
        if field.is_enum
    }
    return homes | {name.model: f"app.models.{name.one}"}


def _head(name: Name) -> str:
    return name.plural_words.capitalize()


def _of_whom(name: Name, project: Project) -> str:
    whose = "each owner's own" if project.owner else "read by anybody"
    return f"{_head(name)}: {whose}."


def _able(project: Project) -> str:
    scopes = {project.guard(one)[1:-1] for one in ("read", "write")} - {""}
    return f"[{', '.join(sorted(scopes))}]"


def _model(name: Name, fields: Sequence[Field], project: Project) -> dict[str, Any]:
    owner = project.owner
    unique = [field.name for field in fields if field.unique]
    constraints = [
        f'UniqueConstraint("{owner.column}", "{one}")' if owner else f'UniqueConstraint("{one}")'
        for one in unique
    ]
    constraints += [
        f'one_of("{field.name}", {field.enum_class(name.model)})'
        for field in fields
        if field.is_enum
    ]
    sentence = f"{name.article.capitalize()} {name.words}"
    return {
        "constraints": constraints,
        "columns": [field.column(project.targets.get(field.target, "")) for field in fields],
        "sentence": f"{sentence} of its owner's." if owner else f"{sentence}.",
        "enums": {
            field.enum_class(name.model): {
                "field": field.name.replace("_", " "),
                "labels": field.given,
            }
            for field in fields
            if field.is_enum
        },
    }


def _schema(name: Name, fields: Sequence[Field]) -> dict[str, Any]:
    return {
        "bodies": [field.body(name.model) for field in fields],
        "reads": [field.read(name.model) for field in fields],
    }


def _declaration(fields: Sequence[Field], project: Project) -> dict[str, Any]:
    return {
        "filters": {
            **{field.name: field.kind.filters for field in fields if field.kind.filters},
            "created_at": ("gte", "lt"),
        },
        "sorts": [*(field.name for field in fields if field.kind.is_sortable), "created_at"],
        "read": project.guard("read") if project.owner else "PUBLIC",
        "write": project.guard("write"),
    }
