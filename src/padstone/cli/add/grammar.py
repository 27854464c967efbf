"""How a field is said: ``NAME:TYPE[=ARGUMENT][:MODIFIER…]``.

In signs that no shell takes for its own: ``title:str:unique``, ``price:decimal=10,2``,
``status:enum=draft,done:default=draft``.
"""

import keyword
import re
from collections.abc import Sequence
from difflib import get_close_matches

from padstone.cli.add.field import Field
from padstone.cli.add.kinds import KINDS, LONGEST_TEXT, MOST_DIGITS, Kind
from padstone.cli.failures import UsageError

__all__ = ["MODIFIERS", "parse", "parse_all", "words_of"]

MODIFIERS = {
    "optional": "may be left out, and be null",
    "unique": "no two rows of one owner have the same (str)",
    "index": "with an index",
    "default=VALUE": "what it is where it is left out",
}
"""What may follow the type, and what it means."""

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LABEL = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST = 50
# They are columns of every resource, parameters of every list, or names that the files use.
_TAKEN = {"id", "created_at", "updated_at", "revision", "deleted_at", "metadata", "registry"}
_TAKEN |= {"cursor", "limit", "offset", "q", "sort", "date", "datetime", "search_vector"}
_BUILTIN = {*keyword.kwlist, *keyword.softkwlist, "bool", "float", "int", "list", "str"} - {"type"}
_BASE_MODEL = {"check", "construct", "copy", "dict", "from_orm", "json", "schema", "validate"}


def parse_all(texts: Sequence[str]) -> list[Field]:
    """The fields. Raises ``UsageError`` that names the field, the problem and the mend."""
    if not texts:
        raise UsageError(
            f"A resource has fields: name at least one, such as title:str.\n{_known()}"
        )
    fields = [parse(text) for text in texts]
    names = [field.name for field in fields]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{name}: stands there twice. Leave one of them out.")
    return fields


def parse(text: str) -> Field:
    """One field. Raises ``UsageError``."""
    name, *rest = text.split(":")
    _check_name(name, text)
    if not rest:
        raise _problem(text, f"has no type. Write {name}:str, or another type.")
    kind, argument = _kind(text, rest[0])
    given = _arguments(text, kind, argument)
    found = {"optional": False, "unique": False, "index": False}
    default: str | None = None
    for modifier in rest[1:]:
        word, equals, value = modifier.partition("=")
        if word == "default" and equals:
            default = value
        elif word in found and not equals:
            found[word] = True
        else:
            raise _problem(text, f"has the modifier {modifier!r}, which there is not.", word)
    name = f"{name.removesuffix('_id')}_id" if kind.name == "references" else name
    field = Field(
        name=name, kind=kind, given=given, default=_literal(text, kind, given, default), **found
    )
    _check_together(text, field)
    return field


def words_of() -> str:
    """What a field may be, for the help of the command."""
    return _known()


def _check_name(name: str, text: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        near = "_".join(re.findall(r"[a-z0-9]+", name.lower())).lstrip("0123456789_") or "title"
        raise _problem(
            text,
            f"has a name of other signs than small letters, digits and single underscores, or of "
            f"more than {_LONGEST}. Take {near[:_LONGEST]}.",
        )
    if name in _TAKEN | _BASE_MODEL | _BUILTIN or name.startswith("model_"):
        raise _problem(
            text, f"has a name that is taken already. Take {name}_value, or a better one."
        )


def _kind(text: str, said: str) -> tuple[Kind, str | None]:
    word, equals, argument = said.partition("=")
    if word not in KINDS:
        raise _problem(text, f"has the type {word!r}, which there is not.", word)
    return KINDS[word], argument if equals else None


def _arguments(text: str, kind: Kind, argument: str | None) -> tuple[str, ...]:
    if argument is None:
        if kind.name == "enum":
            raise _problem(text, "does not say its words. Write them: status:enum=draft,done.")
        return kind.given
    if not kind.argument:
        raise _problem(text, f"says ={argument}, and {kind.name} takes nothing. Leave it out.")
    parts = tuple(argument.split(","))
    if kind.name == "enum":
        if len(set(parts)) < len(parts) or not all(map(_LABEL.fullmatch, parts)):
            raise _problem(
                text,
                "has words that are twice there, or of other signs than small "
                "letters, digits and underscores. Write them as in draft,done.",
            )
        return parts
    if len(parts) != len(kind.given) or not all(
        part.isascii() and part.isdigit() for part in parts
    ):
        raise _problem(text, f"says ={argument} where {kind.name}={kind.argument} is meant.")
    return _within(text, tuple(str(int(part)) for part in parts))


def _within(text: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    first, *rest = map(int, parts)
    if rest and not rest[0] <= first <= MOST_DIGITS:
        raise _problem(text, f"has more places than digits, or more than {MOST_DIGITS} of them.")
    if not 1 <= first <= LONGEST_TEXT:
        raise _problem(text, f"has a limit that is not between 1 and {LONGEST_TEXT}.")
    return parts


def _literal(text: str, kind: Kind, given: tuple[str, ...], default: str | None) -> str | None:
    if default is None:
        return None
    if kind.literal is None:
        raise _problem(text, f"has a default, and {kind.name} takes none. Leave it out.")
    if kind.name == "enum" and default not in given:
        raise _problem(text, f"has the default {default!r}, which is none of its words.")
    try:
        code = kind.literal(default)
    except (ValueError, KeyError) as error:
        why = str(error) if str(error).startswith("must") else f"is no {kind.name}"
        raise _problem(text, f"has the default {default!r}, which {why}.") from None
    if kind.name in {"str", "text"} and len(default) > int(given[0]):
        raise _problem(text, f"has a default that is longer than its {given[0]} characters.")
    return code


def _check_together(text: str, field: Field) -> None:
    if field.unique and not field.kind.may_be_unique:
        raise _problem(
            text,
            f"is unique, which only a str can be. A {field.kind.name} gets its "
            "constraint in the model, by hand.",
        )
    if field.unique and field.default is not None:
        raise _problem(text, "is unique and has a default, so a second row could not be made.")
    if field.optional and field.default is not None:
        raise _problem(text, "is optional and has a default: leave one of them out.")
    if field.index and not (field.kind.is_sortable or field.kind.name == "uuid"):
        raise _problem(
            text, f"has an index, which helps nobody with a {field.kind.name}. Leave it out."
        )


def _problem(text: str, sentence: str, word: str = "") -> UsageError:
    known = [*KINDS, *(modifier.partition("=")[0] for modifier in MODIFIERS)]
    close = get_close_matches(word, known, n=1) if word else []
    meant = f" Did you mean {close[0]}?" if close else ""
    return UsageError(f"{text}: {sentence}{meant}\n{_known()}")


def _known() -> str:
    lines = ["A field is NAME:TYPE[=ARGUMENT][:MODIFIER…].", "Types:"]
    lines += [f"  {kind.name:<14} {kind.meaning}" for kind in KINDS.values()]
    lines += ["Modifiers:", *(f"  {name:<14} {words}" for name, words in MODIFIERS.items())]
    return "\n".join(lines)
