"""What a task is given: read off its signature, checked, and stored as JSON."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from padstone.errors import FieldError
from padstone.jobs.errors import PayloadError

__all__ = ["Payload"]

RESERVED = frozenset({"session", "unique", "delay", "priority"})
"""What ``enqueue`` takes for itself."""


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", serialize_by_alias=True)


class Payload:
    """The parameters of one task after the first, which is its context.

    Raises ``TypeError`` for a function that cannot be called from stored values: one that is not
    asynchronous, lacks an annotation, or takes parameters by position only or without a name.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._name = function.__qualname__
        if not inspect.iscoroutinefunction(function):
            raise TypeError(f"{self._name}: a task is an `async def`.")
        parameters = [*inspect.signature(function).parameters.values()]
        if not parameters:
            raise TypeError(f"{self._name}: a task's first parameter is its JobContext.")
        del parameters[0]
        hints = get_type_hints(function, include_extras=True)
        self._names = {f"value_{number}": one.name for number, one in enumerate(parameters)}
        fields: dict[str, Any] = {
            inner: self._field(one, hints)
            for inner, one in zip(self._names, parameters, strict=True)
        }
        self._model = create_model(function.__name__, __base__=_Arguments, **fields)

    @property
    def needs_values(self) -> bool:
        """Whether the task cannot be called without any."""
        return any(field.is_required() for field in self._model.model_fields.values())

    def encode(self, values: Mapping[str, Any]) -> bytes:
        """``values`` as they are stored.

        Raises ``TypeError`` where they do not fit, as a call of the function would, and where what
        is read back would not be what was given, as with a secret, which JSON shows masked.
        """
        try:
            checked = self._model(**values)
        except ValidationError as error:
            raise TypeError(self._refusal(error).detail) from None
        stored = checked.model_dump_json().encode()
        if self._model.model_validate_json(stored) != checked:
            raise TypeError(f"{self._name}: its values do not come back from JSON as they were.")
        return stored

    def decode(self, stored: bytes | None) -> dict[str, Any]:
        """What the task is called with. Raises ``PayloadError``."""
        try:
            checked = self._model.model_validate_json(stored or b"{}")
        except ValidationError as error:
            raise self._refusal(error) from None
        return {name: getattr(checked, inner) for inner, name in self._names.items()}

    def _field(self, parameter: inspect.Parameter, hints: Mapping[str, Any]) -> tuple[Any, Any]:
        name = parameter.name
        if parameter.kind not in {parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY}:
            raise TypeError(f"{self._name}: {name} must be a parameter with a name of its own.")
        if name not in hints:
            raise TypeError(f"{self._name}: {name} has no type.")
        if name in RESERVED or name.startswith("_"):
            raise TypeError(f"{self._name}: {name} is not a name that a task can use.")
        default = ... if parameter.default is parameter.empty else parameter.default
        # By an alias, since names such as `copy` belong to pydantic's models.
        return hints[name], Field(default, alias=name)

    def _refusal(self, error: ValidationError) -> PayloadError:
        # Pydantic's own text repeats what was given, which may be anybody's data.
        found = [
            FieldError(".".join(map(str, one["loc"])), one["msg"], one["type"])
            for one in error.errors(include_input=False, include_url=False, include_context=False)
        ]
        listed = "; ".join(f"{one.field}: {one.message}" for one in found)
        return PayloadError(f"What {self._name} was given does not fit it: {listed}", errors=found)
