import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from padstone.cli.failures import UsageError
from padstone.cli.new.origin import Origin, origin_of, running_origin


def noted(url: str, **more: Any) -> str:
    """What an installer writes down."""
    return json.dumps({"url": url, **more})


def source(origin: Origin) -> Any:
    assert origin.source is not None
    return tomllib.loads(f"padstone = {origin.source}")["padstone"]


def test_an_index_needs_no_source_and_bounds_keep_out_what_may_break() -> None:
    origin = origin_of("0.7.3", None)
    assert (origin.source, origin.wheel) == (None, None)
    assert origin.bounds == ">=0.7.3,<0.8"
    assert origin.place == "the package index"


def test_a_checkout_is_used_where_it_is(tmp_path: Path) -> None:
    url = (tmp_path / "with space").as_uri()
    editable = origin_of("1.0.0", noted(url, dir_info={"editable": True}))
    assert source(editable) == {"path": str(tmp_path / "with space"), "editable": True}
    copied = origin_of("1.0.0", noted(url, dir_info={}))
    assert source(copied) == {"path": str(tmp_path / "with space")}


def test_a_commit_stays_that_commit() -> None:
    vcs = {"vcs": "git", "commit_id": "0123456789abcdef", "requested_revision": "main"}
    origin = origin_of("1.0.0", noted("https://example.com/padstone.git", vcs_info=vcs))
    assert source(origin) == {"git": "https://example.com/padstone.git", "rev": "0123456789abcdef"}
    assert origin.place == "https://example.com/padstone.git at 0123456789"


def test_a_wheel_elsewhere_is_named() -> None:
    url = "https://example.com/padstone-1.0.0-py3-none-any.whl"
    assert source(origin_of("1.0.0", noted(url, archive_info={}))) == {"url": url}


def test_a_wheel_here_goes_with_the_project(tmp_path: Path) -> None:
    wheel = tmp_path / "padstone-1.0.0-py3-none-any.whl"
    wheel.touch()
    origin = origin_of("1.0.0", noted(wheel.as_uri(), archive_info={}))
    assert source(origin) == {"path": f"wheels/{wheel.name}"}
    assert origin.wheel == wheel


def test_a_wheel_that_is_gone_is_told(tmp_path: Path) -> None:
    url = (tmp_path / "padstone-1.0.0-py3-none-any.whl").as_uri()
    with pytest.raises(UsageError, match="which is gone"):
        origin_of("1.0.0", noted(url, archive_info={}))


def test_what_runs_here_is_known() -> None:
    assert Path(source(running_origin())["path"], "src", "padstone").is_dir()
