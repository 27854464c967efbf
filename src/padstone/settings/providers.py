"""Settings of those who run models for us."""

from collections.abc import Iterator
from typing import Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from padstone.settings.addresses import http_url
from padstone.settings.outbound import OutboundSettings
from padstone.settings.problems import SettingProblem

__all__ = ["ProviderEntry", "ProviderSettings"]

_NAME = "PROVIDERS"
_ADDRESSES = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}


class ProviderEntry(BaseModel):
    """One provider of the list. It prints without its key.

    ``models`` are the names it serves, or a mapping from our names to its own. The kind "echo"
    needs no address and no key.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")
    kind: Literal["openai", "anthropic", "echo"]
    base_url: str = ""
    key: SecretStr | None = None
    models: dict[str, str] = Field(min_length=1)
    limit_field: Literal["max_completion_tokens", "max_tokens"] = "max_completion_tokens"

    @field_validator("models", mode="before")
    @classmethod
    def _by_name(cls, value: Any) -> Any:
        return {name: name for name in value} if isinstance(value, list) else value

    @field_validator("key")
    @classmethod
    def _one_line(cls, value: SecretStr | None) -> SecretStr | None:
        text = "-" if value is None else value.get_secret_value()
        if not text.isascii() or not text.isprintable() or not text.strip():
            raise ValueError("is empty or has characters that no key has")
        return value

    @model_validator(mode="after")
    def _with_address(self) -> Self:
        if self.kind == "echo":
            return self
        address = http_url(self.base_url or _ADDRESSES[self.kind])
        return self.model_copy(update={"base_url": address})


_ENTRIES = TypeAdapter(list[ProviderEntry])


class ProviderSettings(OutboundSettings):
    """Who runs models. Without any, development and tests have one that echoes."""

    PROVIDERS: SecretStr | None = Field(
        None,
        description='JSON list such as [{"name":"openai","kind":"openai","key":"…","models":'
        '["gpt-5"]}]; kinds: openai, anthropic, echo; with base_url for any other address; who '
        "comes first is asked first. Empty in development: echo.",
    )
    PROVIDER_FIRST_TIMEOUT_SECONDS: float = Field(
        60.0, gt=0, description="How long a provider may take until its answer begins."
    )
    PROVIDER_IDLE_TIMEOUT_SECONDS: float = Field(
        60.0, gt=0, description="How long a provider may pause within an answer."
    )
    PROVIDER_TIMEOUT_SECONDS: float = Field(
        600.0, gt=0, description="How long a whole answer may take."
    )
    PROVIDER_ATTEMPTS: int = Field(
        2, ge=1, le=5, description="How often a provider is asked before the next one is."
    )
    PROVIDER_MAX_CONNECTIONS: int = Field(
        1000, ge=1, le=10_000, description="Answers at the same time in one process."
    )

    def provider_entries(self) -> list[ProviderEntry]:
        """The providers, in the order in which they are asked."""
        if self.PROVIDERS is not None:
            return _ENTRIES.validate_json(self.PROVIDERS.get_secret_value())
        if self.is_deployed:
            return []
        return [ProviderEntry(name="echo", kind="echo", models={"echo": "echo"})]

    def problems(self) -> Iterator[SettingProblem]:
        yield from super().problems()
        try:
            names = [entry.name for entry in self.provider_entries()]
        except ValidationError as error:
            # Its input holds keys. What is left is where, and what would be right.
            for item in error.errors(include_input=False, include_context=False):
                yield SettingProblem(_NAME, _sentence(item["loc"], item["msg"]))
            return
        if len(set(names)) < len(names):
            yield SettingProblem(_NAME, "has two providers of one name; give each its own.")


def _sentence(place: tuple[int | str, ...], message: str) -> str:
    said = message.removeprefix("Value error, ")
    if not place:
        return "is not a JSON list of providers."
    number = f"number {place[0] + 1}" if isinstance(place[0], int) else str(place[0])
    # What stands deeper may be the name of a model, and a name that was mistyped may be a key.
    field = f", {place[1]}" if len(place) > 1 and place[1] in ProviderEntry.model_fields else ""
    return f"has an entry, {number}{field}, that is wrong: {said}."
