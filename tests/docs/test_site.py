"""The guide as a site: its menu is whole, and what is done to a page for it."""

import re
from pathlib import Path

import pytest

from guided import DOCS, ROOT, page, script

site = script("build_site")
PAGES = [name for name in site.pages() if name.endswith(".md")]


def test_every_page_is_in_the_menu_and_every_entry_is_a_page() -> None:
    site.check(site.configuration())


def test_a_page_in_no_menu_fails_the_build() -> None:
    whole = site.configuration()
    with pytest.raises(site.NavigationError, match=r"in no menu: guide/jobs\.md"):
        site.check(re.sub(r'(?m)^.*"guide/jobs\.md".*$', "", whole))
    with pytest.raises(site.NavigationError, match=r"not there: guide/nothing\.md"):
        site.check(whole.replace("guide/jobs.md", "guide/nothing.md"))


def test_nothing_is_loaded_from_another_host() -> None:
    configured = (DOCS / "zensical.toml").read_text()
    assert "font = false" in configured
    assert "http" not in configured.replace("https://padstone.invalid", "")
    assert [
        name
        for name, file in site.pages().items()
        if file.suffix in {".css", ".svg"}
        and "//" in file.read_text().replace('xmlns="http://www.w3.org/2000/svg"', "")
    ] == []


def test_what_a_site_wants_is_done_to_a_page() -> None:
    text = (
        "[one](../guide/jobs.md#run) [two](../../benchmarks/README.md) [three](../../src)\n"
        "[four](https://example.com) [five](#here) [six](../../README.md)\n"
        "```python file=app/main.py\nx = y[0](1)  # [seven](../../src)\n```\n"
    )
    assert site.staged(text, "docs/reference/x.md", "reference/x.md") == (
        "[one](../guide/jobs.md#run) [two](../project/benchmarks.md) three\n"
        "[four](https://example.com) [five](#here) [six](../index.md)\n"
        '```python title="app/main.py"\nx = y[0](1)  # [seven](../../src)\n```\n'
    )


def test_a_link_that_leads_nowhere_is_left_for_the_build_to_refuse() -> None:
    assert site.staged("[x](y.md)", "docs/z.md", "z.md") == "[x](y.md)"


def test_pictures_become_part_of_their_page() -> None:
    staged = site.staged(page("architecture.md"), "docs/architecture.md", "architecture.md")
    assert staged.count("<svg") == 2
    assert "<style>" not in staged
    assert "\n\n" not in re.findall(r'<div class="picture".*?</div>', staged, re.DOTALL)[0]


def test_the_sites_style_has_every_class_of_the_pictures() -> None:
    style = (DOCS / "theme" / "padstone.css").read_text()
    for picture in (DOCS / "pictures").glob("*.svg"):
        for name in set(re.findall(r'class="(pic-\w+)"', picture.read_text())):
            assert f"\n.{name} " in style
            assert f'[data-md-color-scheme="slate"] .{name} ' in style


def slug(heading: str) -> str:
    plain = re.sub(r"[`*]|\]\([^)]*\)|\[", "", heading)
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


@pytest.mark.parametrize("name", PAGES)
def test_anchors_lead_to_headings(name: str) -> None:
    file: Path = site.pages()[name]
    prose = site._FENCED.sub("", file.read_text())
    for target, anchor in re.findall(r"\]\(([^)\s#:]*)#([^)\s]+)\)", prose):
        goal = (file.parent / target).resolve() if target else file
        headings = re.findall(r"(?m)^#+ (.+)$", site._FENCED.sub("", goal.read_text()))
        assert anchor in {slug(heading) for heading in headings}, f"{target}#{anchor}"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_title(name: str) -> None:
    prose = site._FENCED.sub("", site.pages()[name].read_text())
    assert len(re.findall(r"(?m)^# ", prose)) == 1


def test_make_docs_builds_it() -> None:
    [recipe] = re.findall(r"(?m)^docs:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text())
    assert "docs/generate.py" in recipe
    assert "docs/build_site.py" in recipe
