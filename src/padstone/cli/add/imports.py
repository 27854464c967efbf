"""The imports of a file that is written, from the names that its code uses."""

import re

__all__ = ["with_imports"]

_STANDARD, _OTHERS, _OURS = range(3)
_HOMES = {
    "Any": (_STANDARD, "typing"),
    "Annotated": (_STANDARD, "typing"),
    "Decimal": (_STANDARD, "decimal"),
    "StrEnum": (_STANDARD, "enum"),
    "UUID": (_STANDARD, "uuid"),
    "date": (_STANDARD, "datetime"),
    "datetime": (_STANDARD, "datetime"),
    "Double": (_OTHERS, "sqlalchemy"),
    "Field": (_OTHERS, "pydantic"),
    "ForeignKey": (_OTHERS, "sqlalchemy"),
    "Mapped": (_OTHERS, "sqlalchemy.orm"),
    "Numeric": (_OTHERS, "sqlalchemy"),
    "UniqueConstraint": (_OTHERS, "sqlalchemy"),
    "World": (_OTHERS, "world"),
    "mapped_column": (_OTHERS, "sqlalchemy.orm"),
    "Base": (_OURS, "app.models.base"),
    "Body": (_OURS, "padstone.schemas"),
    "Caller": (_OURS, "padstone.testing.contract"),
    "Guards": (_OURS, "padstone.resource"),
    "Identified": (_OURS, "padstone.models"),
    "PUBLIC": (_OURS, "padstone.resource"),
    "Patch": (_OURS, "padstone.schemas"),
    "Read": (_OURS, "padstone.schemas"),
    "Resource": (_OURS, "padstone.resource"),
    "Revisioned": (_OURS, "padstone.models"),
    "Scope": (_OURS, "app.core.security"),
    "Timestamped": (_OURS, "padstone.models"),
    "one_of": (_OURS, "padstone.models"),
}
_TEXTS = re.compile(r'"""(?:.|\n)*?"""|"(?:[^"\\\n]|\\.)*"')


def with_imports(prose: str, code: str, own: dict[str, str]) -> str:
    """A module of ``prose`` and ``code``, with what the code uses imported between them.

    ``own`` are the names of this resource, with the modules that have them.
    """
    homes = _HOMES | {name: (_OURS, module) for name, module in own.items()}
    used = set(re.findall(r"\w+", _TEXTS.sub("", code)))
    # A column may be called like a function: what it is called is no use of that.
    defined = set(re.findall(r"(?m)^(?:class |    )(\w+)(?=[:(])", code))
    sections: dict[int, dict[str, set[str]]] = {}
    for name in used - defined:
        if name in homes:
            section, module = homes[name]
            sections.setdefault(section, {}).setdefault(module, set()).add(name)
    groups = [_group(sections[section]) for section in sorted(sections)]
    if "httpx2." in code:
        groups = _with_client(groups, sections)
    return "\n\n".join([f'"""{prose}"""', *groups]) + f"\n\n{code.strip()}\n"


def _group(modules: dict[str, set[str]]) -> str:
    return "\n".join(
        f"from {module} import {', '.join(sorted(names, key=_order))}"
        for module, names in sorted(modules.items())
    )


def _order(name: str) -> tuple[int, str]:
    # Constants, classes, the rest: as ruff sorts them.
    return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2, name)


def _with_client(groups: list[str], sections: dict[int, dict[str, set[str]]]) -> list[str]:
    place = sorted(sections).index(_OTHERS) if _OTHERS in sections else None
    if place is None:
        return [*groups, "import httpx2"]
    return [*groups[:place], f"import httpx2\n{groups[place]}", *groups[place + 1 :]]
