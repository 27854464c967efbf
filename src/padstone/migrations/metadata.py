"""The tables that a system's models describe: all of them, or an error."""

import pkgutil
from importlib import import_module
from types import ModuleType
from typing import Any

from sqlalchemy import MetaData

from padstone.migrations.errors import MigrationError

__all__ = ["load_metadata"]


def load_metadata(package: str) -> MetaData:
    """The metadata of ``Base`` in ``package``, after importing every module below it.

    A table whose module nobody imports is unknown to Alembic, which would write nothing for it, or
    drop it. Raises ``MigrationError`` that names what the package has to import.
    """
    models = import_module(package)
    base: Any = getattr(models, "Base", None)
    metadata = getattr(base, "metadata", None)
    if not isinstance(metadata, MetaData):
        raise MigrationError(
            f"{package} has no Base with the tables' metadata. "
            f"Import it in {_file(models)}: from {package}.base import Base"
        )
    known = set(metadata.tables)
    for module in pkgutil.walk_packages(getattr(models, "__path__", ()), f"{package}."):
        import_module(module.name)
    if forgotten := set(metadata.tables) - known:
        raise MigrationError(_forgotten(models, base, forgotten))
    return metadata


def _forgotten(models: ModuleType, base: Any, tables: set[str]) -> str:
    imports = sorted(
        f"from {mapper.class_.__module__} import {mapper.class_.__name__}"
        for mapper in base.registry.mappers
        if mapper.local_table.key in tables
    )
    mend = "; ".join(imports) or "the modules that define them"
    return (
        f"{_file(models)} does not import all models, so these tables would be missing: "
        f"{', '.join(sorted(tables))}. Add to it: {mend}"
    )


def _file(module: ModuleType) -> str:
    return str(module.__file__)
