"""Names from strangers."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.files.paths import MAX_NAME_BYTES, PathRefusedError, clean_path

CLEANED = {
    "a.txt": "a.txt",
    "folder/sub/a.txt": "folder/sub/a.txt",
    "folder\\sub\\a.txt": "folder/sub/a.txt",
    "C:\\Users\\ann\\a.txt": "Users/ann/a.txt",
    "c:/a.txt": "a.txt",
    "/etc/passwd": "etc/passwd",
    "//server/share/a": "server/share/a",
    "./a/./b": "a/b",
    "a//b": "a/b",
    "nul\x00l.txt": "null.txt",
    "nul\x00.txt": "_nul.txt",
    "a\x00.txt": "a.txt",
    "line\r\nbreak.txt": "linebreak.txt",
    "line%0D%0Abreak.txt": "linebreak.txt",
    "say %22hello%22.txt": "say _hello_.txt",
    "invoice\u202egpj.exe": "invoicegpj.exe",
    "\u2066hidden\u2069.txt": "hidden.txt",
    "zero\u200bwidth.txt": "zerowidth.txt",
    "\ufeffbom.txt": "bom.txt",
    "CON": "_CON",
    "con.txt": "_con.txt",
    "folder/aux/b.txt": "folder/_aux/b.txt",
    "COM1.log": "_COM1.log",
    "lpt¹.txt": "_lpt¹.txt",
    "console.log": "console.log",
    "a.txt.": "a.txt",
    "a.txt ": "a.txt",
    " a.txt": "a.txt",
    "a .txt": "a .txt",
    "...": "_",
    ".gitignore": ".gitignore",
    ".env": ".env",
    "a:b.txt": "a_b.txt",
    "a.txt:stream": "a.txt_stream",
    "<script>.html": "_script_.html",
    "what?*.txt": "what__.txt",
    "résumé.pdf": "résumé.pdf",
    "re\u0301sume\u0301.pdf": "résumé.pdf",
    "文件/報告.md": "文件/報告.md",
    "🙂.txt": "🙂.txt",
    "%2e%2e/a": "%2e%2e/a",
    "~/a": "~/a",
    "-rf": "-rf",
    "\x1b[31mred.txt": "[31mred.txt",
}


@pytest.mark.parametrize(("given", "cleaned"), CLEANED.items())
def test_a_name_is_cleaned(given: str, cleaned: str) -> None:
    assert clean_path(given) == cleaned


@pytest.mark.parametrize(
    "given",
    [
        "..",
        "../a",
        "a/../../b",
        "a/..",
        "..\\a",
        "a\\..\\..\\b",
        "/..",
        "C:\\..\\a",
        "a/.. /b",
        "a/\u200b../b",
        "a/.\u200b./b",
        "a/.\x00./b",
        "%0D../a",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(given: str) -> None:
    with pytest.raises(PathRefusedError) as caught:
        clean_path(given)
    assert caught.value.code == "path_leads_elsewhere"


@pytest.mark.parametrize("given", ["", "/", ".", "./", "//", "C:/"])
def test_a_path_without_a_name_is_refused(given: str) -> None:
    with pytest.raises(PathRefusedError) as caught:
        clean_path(given)
    assert caught.value.code == "path_missing"


@pytest.mark.parametrize("given", ["a/" * 65 + "b", "/".join(["a" * 250] * 5)])
def test_a_path_that_is_too_long_is_refused(given: str) -> None:
    with pytest.raises(PathRefusedError) as caught:
        clean_path(given)
    assert caught.value.code == "path_too_long"


def test_a_long_name_is_shortened_and_keeps_what_it_is() -> None:
    assert clean_path("a" * 300 + ".txt") == "a" * 251 + ".txt"
    assert clean_path("é" * 300 + ".txt") == "é" * 125 + ".txt"
    assert clean_path("a" * 300) == "a" * 255
    assert clean_path("a." + "b" * 300) == "a." + "b" * 253
    assert clean_path("." + "b" * 300) == "." + "b" * 254


@given(
    st.text(max_size=400)
    | st.lists(st.sampled_from(["..", "/", "\\", "a", "\u202e", " ", "."])).map("".join)
)
def test_whatever_is_given_is_harmless_or_refused(given: str) -> None:
    try:
        path = clean_path(given)
    except PathRefusedError:
        return
    assert clean_path(path) == path
    for name in path.split("/"):
        assert name not in {"", ".", ".."}
        assert len(name.encode(errors="replace")) <= MAX_NAME_BYTES
        assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in name)
        assert "\\" not in name
