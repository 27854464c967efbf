"""What the routes of a resource take from a request, as FastAPI dependencies."""

import inspect
import re
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Header, Path
from pydantic import ValidationError as SchemaError
from starlette.requests import HTTPConnection

from padstone.db import ReadSessionDep, SessionDep
from padstone.errors import FieldError, PreconditionFailedError, ValidationError
from padstone.resource.call import Call, settings_of
from padstone.resource.columns import columns_of
from padstone.resource.declaration import Declaration
from padstone.resource.guards import guard_of
from padstone.resource.operations import Operation
from padstone.resource.revisions import Revisions, parse_if_match, parse_if_none_match

__all__ = [
    "Endpoint",
    "IfMatchDep",
    "IfNoneMatchDep",
    "call_dependency",
    "if_match_parameter",
    "is_name",
    "key_of",
    "key_parameter",
    "name_parameter",
    "refuse_query",
    "typed",
]

Endpoint = Callable[..., Coroutine[Any, Any, Any]]

_LONGEST_NAME = 200
_NAME = r"^[A-Za-z0-9._~-]+$"  # what stands in a path as it is (RFC 3986)
_IS_NAME = re.compile(rf"[A-Za-z0-9._~-]{{1,{_LONGEST_NAME}}}").fullmatch


def key_parameter(declared: Declaration) -> Any:
    """The type of the parameter that is the row's id in the path."""
    description = f"Which {declared.label}."
    return Annotated[declared.id_type, Path(alias=declared.id_parameter, description=description)]


def name_parameter(declared: Declaration) -> Any:
    """The type of the parameter that is the row's id in the path, or the text that names it."""
    if declared.get_by is None:
        return key_parameter(declared)
    words = declared.get_by.replace("_", " ")
    return Annotated[
        str,
        Path(
            alias=declared.id_parameter,
            description=f"Which {declared.label}: its id, or its {words}.",
            max_length=_LONGEST_NAME,
            pattern=_NAME,
        ),
    ]


def is_name(declared: Declaration, text: str) -> bool:
    """Whether ``text`` could be the name of a row."""
    return declared.get_by is not None and _IS_NAME(text) is not None


def key_of(declared: Declaration, name: str) -> Any:
    """The id that ``name`` is, or ``name`` itself where it is none."""
    try:
        return declared.id_adapter.validate_python(name)
    except SchemaError:
        return name


def call_dependency(declared: Declaration, operation: Operation) -> Endpoint:
    """The call of an operation: its guard first, then its session, then its parents' ids.

    Raises ``TypeError`` for an operation of which the guards say nothing: it is nobody's.
    """
    scopes = declared.guards.of(operation)
    if scopes is None:
        raise TypeError(f"The guards of {declared.plural} say nothing of {operation}.")

    async def call(
        connection: HTTPConnection, principal: Any, session: Any, ids: dict[str, Any]
    ) -> Call:
        return Call(
            session=session, principal=principal, settings=settings_of(connection), path=ids
        )

    return typed(
        call,
        principal=guard_of(scopes),
        session=ReadSessionDep if operation.reads else SessionDep,
        ids=Annotated[dict[str, Any], Depends(_parents_ids(declared))],
    )


def typed(function: Endpoint, **annotations: Any) -> Endpoint:
    """``function`` with types for its parameters that are known only now."""
    function.__annotations__.update(annotations)
    return function


def _parents_ids(declared: Declaration) -> Endpoint:
    async def ids(**found: Any) -> dict[str, Any]:
        return found

    # FastAPI reads the parameters of a function from its signature.
    vars(ids)["__signature__"] = inspect.Signature(
        [
            inspect.Parameter(
                above.id_parameter,
                inspect.Parameter.KEYWORD_ONLY,
                annotation=Annotated[above.id_type, Path(description=f"Which {above.label}.")],
            )
            for above in declared.parents
        ]
    )
    return ids


async def refuse_query(connection: HTTPConnection) -> None:
    """For operations without parameters: whoever sends one expects it to do something."""
    unknown = sorted(set(connection.query_params))
    if unknown:
        message = "is no parameter here; there are none"
        raise ValidationError(
            errors=[FieldError(f"query.{name}", message, "unknown_parameter") for name in unknown]
        )


async def _if_match(
    value: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description="The ETag that was seen last. If it has changed meanwhile, nothing is "
            "written and the answer is 412.",
            examples=['"3"'],
        ),
    ] = None,
) -> Revisions | None:
    return parse_if_match(value)


async def _if_none_match(
    value: Annotated[
        str | None,
        Header(
            alias="If-None-Match",
            description="An ETag that is known. If it is still the present one, the answer is 304 "
            "without a body.",
            examples=['"3"'],
        ),
    ] = None,
) -> Revisions | None:
    return parse_if_none_match(value)


async def _no_revision(connection: HTTPConnection) -> None:
    # Whoever asks for a comparison must not be given a change without one.
    if connection.headers.get("if-match", "*").strip() != "*":
        raise PreconditionFailedError("This has no revisions, so none can be compared.")


def if_match_parameter(declared: Declaration) -> Any:
    """The type of a parameter that is what ``If-Match`` says, where there is what it compares."""
    if "revision" in columns_of(declared.model):
        return IfMatchDep
    return Annotated[None, Depends(_no_revision)]


IfMatchDep = Annotated[Revisions | None, Depends(_if_match)]
"""What ``If-Match`` says."""

IfNoneMatchDep = Annotated[Revisions | None, Depends(_if_none_match)]
"""What ``If-None-Match`` says."""
