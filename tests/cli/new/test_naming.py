import pytest

from padstone.cli.failures import UsageError
from padstone.cli.new.naming import check_name, identifier, title

TOOLS = frozenset({"ruff"})


@pytest.mark.parametrize("name", ["blog", "b", "my-blog", "blog2", "a" * 40])
def test_names_that_will_do(name: str) -> None:
    check_name(name, TOOLS)


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("Blog", "blog"),
        ("my blog", "my-blog"),
        ("my_blog", "my-blog"),
        ("-blog-", "blog"),
        ("2blog", "blog"),
        ("../blog", "blog"),
        ("Zoë's", "zo-s"),
        ("a" * 39 + "-b", "a" * 39),
        ("", "blog"),
        ("…", "blog"),
        ("blog\n", "blog"),
    ],
)
def test_another_name_is_refused_with_one_that_will_do(name: str, instead: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_name(name, TOOLS)
    assert caught.value.detail.endswith(f"Try: padstone new {instead}")
    check_name(instead, TOOLS)


@pytest.mark.parametrize("name", ["padstone", "fastapi", "prometheus-client", "redis", "ruff"])
def test_a_package_that_the_project_needs_is_no_name(name: str) -> None:
    with pytest.raises(UsageError, match=f"Try: padstone new my-{name}$"):
        check_name(name, TOOLS)


def test_the_name_in_other_places() -> None:
    assert identifier("my-blog") == "my_blog"
    assert title("my-blog") == "My blog"
