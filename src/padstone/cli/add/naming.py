"""What a resource is called: in code, in tables, in paths and in sentences."""

import keyword
import re
from dataclasses import dataclass

from padstone.cli.failures import UsageError

__all__ = ["Name", "name_of"]

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST = 40


@dataclass(frozen=True)
class Name:
    """``order_line`` and ``order_lines``: one row, and several."""

    one: str
    many: str

    @property
    def model(self) -> str:
        """The model's name: ``OrderLine``."""
        return "".join(word.capitalize() for word in self.one.split("_"))

    @property
    def path(self) -> str:
        """The last part of its path: ``order-lines``."""
        return self.many.replace("_", "-")

    @property
    def words(self) -> str:
        """In a sentence: ``order line``."""
        return self.one.replace("_", " ")

    @property
    def plural_words(self) -> str:
        """Several in a sentence: ``order lines``."""
        return self.many.replace("_", " ")

    @property
    def article(self) -> str:
        """``a`` or ``an``."""
        return "an" if self.one[0] in "aeiou" else "a"


def name_of(text: str, plural: str | None) -> Name:
    """The name that is meant by ``item``, ``Item`` or ``order-line``. Raises ``UsageError``."""
    one = _snake(text)
    many = _snake(plural) if plural else _plural(one)
    for said, name in ((text, one), (plural or text, many)):
        if not _NAME.fullmatch(name) or len(name) > _LONGEST or keyword.iskeyword(name):
            raise UsageError(
                f"{said!r} cannot be the name of a resource: it has letters, digits and "
                f"underscores, begins with a letter, is at most {_LONGEST} characters long and no "
                "word of Python's. Take one row's name, such as item or order_line."
            )
    if one == many:
        raise UsageError(
            f"{text!r} is the same for one row and for several. Say what several are called: "
            f"--plural {one}_rows"
        )
    return Name(one, many)


def _snake(text: str) -> str:
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text.strip())
    return apart.replace("-", "_").lower()


def _plural(one: str) -> str:
    if re.search(r"[^aeiou]y$", one):
        return f"{one[:-1]}ies"
    return f"{one}es" if re.search(r"(s|x|z|ch|sh)$", one) else f"{one}s"
