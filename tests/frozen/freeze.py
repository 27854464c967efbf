"""Freezes what this version promises, for the tests of all later ones: once for a minor version.

Run it when a version is released, and never again for that one::

    PYTHONPATH=tests .venv/bin/python tests/frozen/freeze.py
"""

import json
import os
import sys
from pathlib import Path

os.environ["ENVIRONMENT"] = "test"

import padstone
from padstone.cli.new.origin import Origin
from padstone.cli.new.project import contents, write
from padstone.cli.new.templates import TEMPLATES
from surface import surface


def main() -> None:
    """Writes the project that ``padstone new`` makes, and the list of all that is public."""
    version = padstone.__version__
    folder = Path(__file__).parent / version.rpartition(".")[0]
    if folder.exists():
        sys.exit(f"{folder} is there: what is frozen stays as it is.")
    folder.mkdir()
    project = contents(TEMPLATES["minimal"], "frozen", Origin(version, "the package index"))
    write(folder / "project", project)
    (folder / "surface.json").write_text(json.dumps(surface(), indent=1) + "\n")


if __name__ == "__main__":
    main()
