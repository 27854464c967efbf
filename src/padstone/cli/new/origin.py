"""Where the running padstone came from, so that a new project gets the same one."""

import json
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from padstone.cli.failures import UsageError

__all__ = ["WHEELS", "Origin", "running_origin"]

WHEELS = "wheels"
"""The folder of a project that has padstone with it, where it was installed from a file."""


@dataclass(frozen=True)
class Origin:
    """A version, and the line of ``[tool.uv.sources]`` that leads to it; an index needs none.

    ``wheel`` is the file that the project is to have a copy of, and ``place`` what people are told.
    """

    version: str
    place: str
    source: str | None = None
    wheel: Path | None = None

    @property
    def bounds(self) -> str:
        """From this version on, up to the next one that may break something."""
        major, minor = self.version.split(".")[:2]
        return f">={self.version},<{major}.{int(minor) + 1}"


def running_origin() -> Origin:
    """As the installer noted it (PEP 610). Raises ``UsageError`` for a wheel that is gone."""
    found = distribution("padstone")
    return origin_of(found.version, found.read_text("direct_url.json"))


def origin_of(version: str, direct_url: str | None) -> Origin:
    """The origin of a distribution with this version and this ``direct_url.json``."""
    if direct_url is None:
        return Origin(version, "the package index")
    noted = json.loads(direct_url)
    url = noted["url"]
    if (vcs := noted.get("vcs_info")) is not None:
        source = f'{{ {vcs["vcs"]} = "{url}", rev = "{vcs["commit_id"]}" }}'
        return Origin(version, f"{url} at {vcs['commit_id'][:10]}", source)
    parts = urlsplit(url)
    if parts.scheme != "file":
        return Origin(version, url, f'{{ url = "{url}" }}')
    path = Path(url2pathname(parts.path))
    if (folder := noted.get("dir_info")) is not None:
        editable = ", editable = true" if folder.get("editable") else ""
        return Origin(version, str(path), f'{{ path = "{path.as_posix()}"{editable} }}')
    if not path.is_file():
        raise UsageError(
            f"padstone was installed from {path}, which is gone, so a project could not install it "
            "from there. Install padstone again and repeat."
        )
    source = f'{{ path = "{WHEELS}/{path.name}" }}'
    return Origin(version, f"{WHEELS}/{path.name}", source, path)
