"""One field of a resource that is to be written, and the code that it is in each file."""

from dataclasses import dataclass

from padstone.cli.add.kinds import Kind

__all__ = ["Field"]


@dataclass(frozen=True)
class Field:
    """A field. ``given`` are the parts of its type's argument, ``default`` is Python code."""

    name: str
    kind: Kind
    given: tuple[str, ...] = ()
    optional: bool = False
    unique: bool = False
    index: bool = False
    default: str | None = None

    @property
    def is_reference(self) -> bool:
        """Whether it points to a row of another resource."""
        return self.kind.name == "references"

    @property
    def is_enum(self) -> bool:
        """Whether it is one of some words."""
        return self.kind.name == "enum"

    @property
    def target(self) -> str:
        """The resource that a reference points to."""
        return self.name.removesuffix("_id")

    def enum_class(self, resource: str) -> str:
        """The name of an enumeration's class: ``ItemStatus``."""
        return resource + "".join(word.capitalize() for word in self.name.split("_"))

    def column(self, table: str) -> str:
        """The line in the model; ``table`` is the one that a reference points to."""
        kind = "str" if self.is_enum else self.kind.python
        arguments = []
        if self.kind.column:
            arguments.append(self.kind.column.format(*self.given))
        if self.is_reference:
            gone = ', ondelete="SET NULL"' if self.optional else ""
            arguments.append(f'ForeignKey("{table}.id"{gone})')
        if self.index or self.is_reference:
            arguments.append("index=True")
        if self.default is not None:
            arguments.append(f"default={self.default}")
        made = f" = mapped_column({', '.join(arguments)})" if arguments else ""
        return f"{self.name}: Mapped[{kind}{self._or_none}]{made}"

    def body(self, resource: str) -> str:
        """The line in the schema of what clients send."""
        kind = self._shown(resource)
        if self.kind.limits:
            limits = self.kind.limits.format(*self.given, example=self.example())
            kind = f"Annotated[{kind}, Field({limits})]"
        default = self.default
        if default is not None and self.is_enum:
            default = f"{kind}.{default[1:-1].upper()}"
        ending = " = None" if self.optional else "" if default is None else f" = {default}"
        return f"{self.name}: {kind}{self._or_none}{ending}"

    def read(self, resource: str) -> str:
        """The line in the schema of what is answered."""
        return f"{self.name}: {self._shown(resource)}{self._or_none}"

    def example(self, number: int = 0) -> str:
        """The first or the second value that a test sends, as Python code."""
        zeros = "0" * int(self.given[1]) if self.kind.name == "decimal" else ""
        words = self.name.replace("_", " ")
        text = self.kind.examples[number]
        if self.kind.name == "json":
            return text
        if self.kind.limits.startswith(("min_length", "max_length")):
            return f'"{text.format(words=words)[1:-1][: int(self.given[0])].rstrip()}"'
        ends = {"first": self.given[0], "last": self.given[-1]} if self.is_enum else {}
        made = text.format(words=words, zeros=zeros, **ends)
        return made.replace('."', '"')

    @property
    def _or_none(self) -> str:
        return " | None" if self.optional else ""

    def _shown(self, resource: str) -> str:
        return self.enum_class(resource) if self.is_enum else self.kind.python
