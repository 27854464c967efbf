"""What an upload leaves out."""

import time

import pytest

from padstone.files import Patterns

MEANS = [
    ("node_modules/**", "node_modules/a.js"),
    ("node_modules/**", "shop/node_modules/a/b/c.js"),
    ("node_modules", "shop/node_modules/a/b/c.js"),
    ("node_modules/", "shop/node_modules/a.js"),
    (".git/**", "shop/.git/HEAD"),
    (".git", ".git/objects/aa/bb"),
    ("*.pyc", "a/b/c.pyc"),
    ("*.min.js", "dist/app.min.js"),
    ("__pycache__", "a/__pycache__/b.pyc"),
    ("/docs/*.pdf", "docs/a.pdf"),
    ("docs/*.pdf", "shop/docs/a.pdf"),
    ("a/**/b", "a/b"),
    ("a/**/b", "a/x/y/b"),
    ("a/**/b", "z/a/x/b/c"),
    ("**/b", "a/b"),
    ("**", "anything"),
    ("*", "anything/at/all"),
    ("?.txt", "a.txt"),
    ("[ab].txt", "a.txt"),
    ("[!c].txt", "a.txt"),
    (" *.txt ", "a.txt"),
    ("/a", "a/b/c"),
]
MEANS_NOT = [
    ("node_modules/**", "my_node_modules/a.js"),
    ("node_modules/**", "node_modules.txt"),
    ("*.pyc", "a.py"),
    ("/docs/*.pdf", "shop/docs/a.pdf"),
    ("docs/*.pdf", "docs/sub/a.pdf"),
    ("a/**/b", "a/x"),
    ("?.txt", "ab.txt"),
    ("?", "ab"),
    ("[ab].txt", "c.txt"),
    ("*.TXT", "a.txt"),
    (".git", ".gitignore"),
    ("a.c", "abc"),
    ("", "a"),
    ("/", "a"),
    ("  ", "a"),
]


@pytest.mark.parametrize(("pattern", "path"), MEANS)
def test_a_pattern_means_a_path(pattern: str, path: str) -> None:
    assert Patterns([pattern]).match(path)
    assert Patterns(["other", pattern]).match(path)


@pytest.mark.parametrize(("pattern", "path"), MEANS_NOT)
def test_a_pattern_does_not_mean_a_path(pattern: str, path: str) -> None:
    assert not Patterns([pattern]).match(path)
    assert not Patterns([]).match(path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/".join(["**", "a"] * 50) + "/b", "/".join(["a"] * 200)),
        ("*a" * 60 + "b", "a" * 250),
        ("[" + "a-z" * 50 + "]*" * 40, "a" * 250),
        ("*" * 150 + "b", "a" * 250),
    ],
)
def test_no_pattern_takes_long(pattern: str, path: str) -> None:
    began = time.process_time()
    assert not Patterns([pattern]).match(path)
    assert time.process_time() - began < 5  # a bad one would take years
