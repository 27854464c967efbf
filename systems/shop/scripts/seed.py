# ruff: noqa: INP001  # a command, in a folder that is no package
"""A door to ``padstone seed``, at the place where the seed document looks for it."""

import os
import sys
from pathlib import Path

from padstone.__main__ import main

if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parents[1])  # a command is about the system of its folder
    sys.argv[1:1] = ["seed"]
    sys.exit(main())
