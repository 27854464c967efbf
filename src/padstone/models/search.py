"""Full-text search: a column that PostgreSQL keeps, and the index that finds in it."""

import re
from typing import Any

from sqlalchemy import Column, Computed, Index, Table, event
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import MappedColumn, Mapper, mapped_column

__all__ = ["search_vector"]

_WEIGHTS = "ABCD"


def search_vector(*columns: str, language: str = "english") -> MappedColumn[Any]:
    """A generated column over text ``columns``, weighted A, B, C, D in their order, and its index.

    ::

        search_vector: Mapped[str] = search_vector("name", "description")

    PostgreSQL computes it with each write; it is never loaded, only searched, with
    ``websearch_to_tsquery(language, …)``. ``language`` is a configuration of PostgreSQL's, such as
    "english", or "simple" for names and mixed languages. From the fourth column on the weight is D.
    Raises ``ValueError`` for no columns, or a language that is no plain name.
    """
    if not columns:
        raise ValueError("search_vector needs the names of the columns to search")
    if not re.fullmatch(r"[a-z_]+", language):
        raise ValueError(f"{language!r} is no name of a text search configuration")
    parts = [
        # As PostgreSQL itself writes it down, so that comparing finds no difference.
        f"setweight(to_tsvector('{language}'::regconfig, COALESCE({name}, ''::text)), "
        f"'{_WEIGHTS[min(place, 3)]}'::\"char\")"
        for place, name in enumerate(columns)
    ]
    made: MappedColumn[Any] = mapped_column(
        TSVECTOR,
        Computed(" || ".join(parts), persisted=True),
        nullable=True,
        deferred=True,
        deferred_raiseload=True,
        sort_order=950,
        info={"search": {"language": language, "columns": columns}},
    )
    return made


@event.listens_for(Column, "after_parent_attach")
def _add_index(column: Column[Any], table: Any) -> None:
    # For all columns, since the copies that SQLAlchemy makes of a mix-in's forget their listeners.
    if "search" in column.info and isinstance(table, Table):
        Index(f"ix_{table.name}_{column.name}", column, postgresql_using="gin")


@event.listens_for(Mapper, "mapper_configured")
def _never_fetch(mapper: Mapper[Any], _class: type[Any]) -> None:
    # What the database computes comes back with each INSERT and UPDATE, and nobody reads this one.
    for name in ("_server_default_cols", "_server_onupdate_default_cols"):
        found = getattr(mapper, name)
        mapper.__dict__[name] = {
            table: frozenset(column for column in columns if "search" not in column.info)
            for table, columns in found.items()
        }
