"""A field is one word that every shell leaves alone; what is accepted is code, and the rest is
said in words.
"""

import ast
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.cli.add.grammar import MODIFIERS, parse, parse_all, words_of
from padstone.cli.add.kinds import KINDS
from padstone.cli.failures import UsageError

NAMES = st.from_regex(r"[a-z][a-z0-9]{0,6}(_[a-z0-9]{1,5}){0,2}", fullmatch=True)
DEFAULTS = {
    "str": st.from_regex(r"[a-zA-Z0-9]{1,20}", fullmatch=True),
    "text": st.from_regex(r"[a-zA-Z0-9]{1,20}", fullmatch=True),
    "int": st.integers(-(2**63), 2**63 - 1).map(str),
    "float": st.floats(allow_nan=False, allow_infinity=False).map(str),
    "bool": st.sampled_from(["true", "false"]),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False, places=4).map(str),
    "date": st.dates().map(str),
}


@st.composite
def fields(draw: st.DrawFn) -> str:
    """Fields as people may write them."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    said = kind
    if kind == "enum":
        labels = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
        said = f"enum={','.join(labels)}"
    elif kind in {"str", "text"} and draw(st.booleans()):
        said = f"{kind}={draw(st.integers(20, 1000))}"
    elif kind == "decimal" and draw(st.booleans()):
        places = draw(st.integers(0, 20))
        said = f"decimal={draw(st.integers(max(places, 1), 100))},{places}"
    modifiers = []
    if kind in DEFAULTS and draw(st.booleans()):
        modifiers.append(f"default={draw(DEFAULTS[kind])}")
    elif draw(st.booleans()):
        modifiers.append("optional")
        if kind == "str" and draw(st.booleans()):
            modifiers.append("unique")
    return ":".join([draw(NAMES), said, *modifiers])


def is_taken(error: UsageError) -> bool:
    return "is taken already" in str(error.detail)


@given(fields())
def test_what_is_written_well_is_taken_as_it_stands(text: str) -> None:
    assert shlex.split(text) == [text], "no shell takes a part of it for itself"
    try:
        field = parse(text)
    except UsageError as error:
        assert is_taken(error), error.detail
        return
    name, said, *modifiers = text.split(":")
    assert field.name.removesuffix("_id") == name.removesuffix("_id")
    assert field.kind.name == said.partition("=")[0]
    assert field.optional == ("optional" in modifiers)
    assert field.unique == ("unique" in modifiers)
    assert (field.default is not None) == any(one.startswith("default=") for one in modifiers)


@given(fields())
def test_what_is_taken_is_code_in_every_file(text: str) -> None:
    try:
        field = parse(text)
    except UsageError:
        return
    for line in (field.column("others"), field.body("Item"), field.read("Item")):
        [statement] = ast.parse(line).body
        assert isinstance(statement, ast.AnnAssign)
    if not field.is_reference:
        first, second = ast.literal_eval(field.example()), ast.literal_eval(field.example(1))
        assert isinstance(first, type(second))


@given(st.text() | st.lists(st.sampled_from([*KINDS, *MODIFIERS, "a", ":", "="])).map("".join))
def test_whatever_is_written_is_a_field_or_a_sentence(text: str) -> None:
    try:
        ast.parse(parse(text).body("Item"))
    except UsageError as error:
        assert str(error.detail).startswith(f"{text}: ")
        assert words_of() in str(error.detail)


SIGNS = st.sampled_from("\"'\\{}%# ab") | st.characters(exclude_characters=":")


@given(st.text(SIGNS, min_size=1, max_size=40))
def test_a_default_is_the_text_that_was_meant(text: str) -> None:
    try:
        field = parse(f"title:str:default={text}")
    except UsageError:
        assert not text.isprintable()
        return
    assert ast.literal_eval(str(field.default)) == text


@pytest.mark.parametrize(
    ("text", "problem", "mend"),
    [
        ("title", "has no type", "Write title:str"),
        ("Title:str", "name of other signs", "Take title."),
        ("created_at:datetime", "taken already", "Take created_at_value"),
        ("class:str", "taken already", "Take class_value"),
        ("limit:int", "taken already", "Take limit_value"),
        ("title:string", "the type 'string'", "Did you mean str"),
        ("title:str:uniqe", "the modifier 'uniqe'", "Did you mean unique"),
        ("title:str:default", "the modifier 'default'", "default=VALUE"),
        ("title:str=a", "says =a", "where str=N is meant"),
        ("title:str=0", "limit that is not between", "1 and 1000000"),
        ("price:decimal=2,4", "more places than digits", ""),
        ("price:decimal=2", "says =2", "decimal=D,P"),
        ("stock:int=3", "int takes nothing", "Leave it out"),
        ("stock:int:default=x", "the default 'x', which is no int", ""),
        ("stock:int:default=9223372036854775808", "must have at most 64 bits", ""),
        ("weight:float:default=inf", "must be finite", ""),
        ("is_open:bool:default=yes", "is no bool", ""),
        ("due:date:default=31.1.2026", "is no date", ""),
        ("seen_at:datetime:default=now", "datetime takes none", "Leave it out"),
        ("status:enum", "does not say its words", "status:enum=draft,done"),
        ("status:enum=a,a", "twice there", "draft,done"),
        ("status:enum=a,b:default=c", "none of its words", ""),
        ("stock:int:unique", "only a str can be", "by hand"),
        ("title:str:unique:default=a", "second row could not", ""),
        ("title:str:optional:default=a", "leave one of them out", ""),
        ("body:text:index", "helps nobody", "Leave it out"),
        ("title:str=3:default=abcd", "longer than its 3 characters", ""),
    ],
)
def test_an_error_names_the_field_the_problem_and_the_mend(
    text: str, problem: str, mend: str
) -> None:
    with pytest.raises(UsageError) as raised:
        parse(text)
    said = str(raised.value.detail)
    assert said.startswith(f"{text}: ")
    assert problem in said
    assert mend in said
    assert all(kind in said for kind in KINDS), "and what is possible"


def test_fields_are_of_different_names() -> None:
    with pytest.raises(UsageError, match="title: stands there twice"):
        parse_all(["title:str", "title:int"])
    with pytest.raises(UsageError, match="note_id: stands there twice"):
        parse_all(["note:references", "note_id:references"])
    with pytest.raises(UsageError, match="name at least one"):
        parse_all([])
    assert [field.name for field in parse_all(["a:int", "b:references"])] == ["a", "b_id"]
