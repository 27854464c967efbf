"""What a model is told: messages of parts, as OpenAI's chat completions write them."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from padstone.schemas import Body

__all__ = [
    "AudioPart",
    "FilePart",
    "FunctionCall",
    "ImagePart",
    "Message",
    "Part",
    "TextPart",
    "ToolCall",
    "Wire",
]

MOST_PARTS = 1000


class Wire(Body):
    """A piece of OpenAI's form. Fields that are not known are ignored, as its clients expect."""

    model_config = ConfigDict(extra="ignore")


class TextPart(Wire):
    """Words."""

    type: Literal["text"]
    text: str


class ImageUrl(Wire):
    """Where an image is, or the image itself as a ``data:`` URL."""

    url: str = Field(min_length=1)
    detail: Literal["auto", "low", "high"] | None = None


class ImagePart(Wire):
    """An image, which the provider fetches where it is not here."""

    type: Literal["image_url"]
    image_url: ImageUrl


class Audio(Wire):
    """A sound in base64."""

    data: str
    format: Literal["wav", "mp3"]


class AudioPart(Wire):
    """Something to hear."""

    type: Literal["input_audio"]
    input_audio: Audio


class File(Wire):
    """A document: a ``data:`` URL, or the provider's own id of one."""

    file_data: str | None = None
    file_id: str | None = None
    filename: str | None = None


class FilePart(Wire):
    """Something to read."""

    type: Literal["file"]
    file: File


Part = Annotated[TextPart | ImagePart | AudioPart | FilePart, Field(discriminator="type")]
"""A piece of a message."""


class FunctionCall(Wire):
    """What a model wants to be called; ``arguments`` should be JSON, as the model wrote it."""

    name: str = Field(min_length=1, max_length=256)
    arguments: str


class ToolCall(Wire):
    """A model's wish that the caller's program does something."""

    id: str = Field(min_length=1, max_length=256)
    type: Literal["function"] = "function"
    function: FunctionCall


class Message(Wire):
    """One turn of a conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | Annotated[list[Part], Field(max_length=MOST_PARTS)] | None = None
    name: str | None = Field(None, max_length=256)
    tool_calls: list[ToolCall] | None = Field(None, max_length=128)
    tool_call_id: str | None = Field(None, max_length=256)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.role == "tool" and self.tool_call_id is None:
            raise ValueError("a message of a tool needs tool_call_id, the id of the call")
        if self.role != "assistant" and self.content is None:
            raise ValueError("content is missing; only an assistant's message may have none")
        if self.role != "assistant" and self.tool_calls:
            raise ValueError("tool_calls stand in an assistant's message only")
        return self

    @property
    def parts(self) -> list[Part]:
        """The content as parts, also where it was given as one text."""
        if isinstance(self.content, str):
            return [TextPart(type="text", text=self.content)]
        return self.content or []

    @property
    def text(self) -> str:
        """The words among the parts."""
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))
