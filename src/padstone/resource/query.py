"""The query string of a list, as one model: pages, order, search and filters."""

from functools import cached_property
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, model_validator

from padstone.errors import FieldError, ValidationError
from padstone.pages.params import DEFAULT_LIMIT, MAX_CURSOR_LENGTH, MAX_LIMIT, MAX_OFFSET
from padstone.resource.declaration import Declaration
from padstone.resource.filters import Filter, OwnFilter, optional, parameter_of
from padstone.resource.sorting import parse_sort

__all__ = ["ListQuery", "Selection", "query_of", "selection_of"]

_MAX_TEXT = 200
# A column may be called as a method of the model is; the names that clients see are aliases.
_PREFIX = "by_"


class Selection(BaseModel):
    """Which rows a caller asks for, and in which order. A subclass has the filters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown(cls, values: Any) -> Any:
        known = {field.alias or name for name, field in cls.model_fields.items()}
        unknown = sorted(set(values) - known)
        if unknown:
            message = f"is no parameter here; there are {', '.join(sorted(known))}"
            raise ValidationError(
                errors=[
                    FieldError(f"query.{name}", message, "unknown_parameter") for name in unknown
                ]
            )
        return values

    @property
    def order(self) -> str | None:
        """The order that is asked for."""
        return getattr(self, "sort", None)

    @property
    def words(self) -> str | None:
        """What is searched for."""
        return getattr(self, "q", None)

    @cached_property
    def identity(self) -> list[tuple[str, Any]]:
        """What makes its list another one than other lists of the same rows."""
        asked = self.model_dump(mode="json", exclude={"limit", "cursor"}, exclude_none=True)
        return sorted(asked.items())

    def value(self, found: Filter | OwnFilter) -> Any:
        """What ``found`` is to be compared with; ``None`` where it was not given."""
        return getattr(self, _PREFIX + found.parameter)


class ListQuery(Selection):
    """The same with a page: by ``cursor``, or by ``offset`` where that is given."""

    limit: int = Field(
        DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="The most items that the page may have."
    )
    cursor: Annotated[str, Field(max_length=MAX_CURSOR_LENGTH)] = optional(
        "cursor", "`next_cursor` of the page before; leave it out for the first page."
    )
    offset: Annotated[int, Field(ge=0)] = optional(
        "offset",
        "How many items to skip, in place of a cursor; the page then has `total`.",
        json_schema_extra={"maximum": MAX_OFFSET},
    )

    # There is no null in a query, nor in these types; what was left out is None all the same.
    @property
    def after(self) -> str | None:
        """The cursor, where there is one."""
        return self.cursor

    @property
    def skip(self) -> int | None:
        """The offset, where there is one."""
        return self.offset

    @model_validator(mode="after")
    def _one_kind_of_page(self) -> "ListQuery":
        message = None
        if self.skip is not None and self.after is not None:
            message = "and a cursor exclude each other; send one of them"
        elif self.skip is not None and self.skip > MAX_OFFSET:
            message = (
                f"is beyond {MAX_OFFSET}, and PostgreSQL reads all that it skips; narrow the list "
                "by a filter, or walk it by cursor"
            )
        if message is not None:
            raise ValidationError(errors=[FieldError("query.offset", message)])
        return self


def query_of(declared: Declaration) -> type[ListQuery]:
    """The model that reads the query of the resource's list."""
    name = f"{declared.model.__name__}ListQuery"
    return create_model(name, __base__=ListQuery, **_fields(declared))


def selection_of(declared: Declaration) -> type[Selection]:
    """The same without pages, for an export."""
    name = f"{declared.model.__name__}Selection"
    return create_model(name, __base__=Selection, **_fields(declared))


def _fields(declared: Declaration) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if declared.sorts:
        fields["sort"] = _sort(declared)
    if declared.search is not None:
        fields["q"] = _search(declared)
    for found in declared.filters:
        fields[_PREFIX + found.parameter] = parameter_of(found, declared.model, declared.read)
    return fields


def _sort(declared: Declaration) -> tuple[Any, Any]:
    known = declared.sorts

    def check(text: str) -> str:
        parse_sort(text, known)
        return text

    names = "|".join(known)
    usual = ",".join(map(str, declared.default_sort))
    return (
        Annotated[str, Field(max_length=_MAX_TEXT), AfterValidator(check)],
        optional(
            "sort",
            f"The order: {', '.join(known)}; several with commas, a minus in front for "
            f"the largest first. Without it, `{usual}`"
            + (", or the best match first where `q` is given." if declared.search else "."),
            json_schema_extra={"pattern": f"^-?({names})(,-?({names}))*$"},
            examples=[usual],
        ),
    )


def _search(declared: Declaration) -> tuple[Any, Any]:
    return (
        Annotated[str, Field(min_length=1, max_length=_MAX_TEXT), AfterValidator(_without_nul)],
        optional(
            "q",
            f"Only {declared.labels} with these words; `or` and `-` between them and "
            "quotes around phrases work as in a web search.",
        ),
    )


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not hold the character NUL (U+0000)")
    return text
