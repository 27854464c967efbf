"""``padstone add``: parts of a project, written as its owners would write them.

What is written is the project's own from then on. A field is said in one word
(``grammar.py``), what each type means in every file is one table (``kinds.py``), the files are
templates, and what stands in the project already is edited at places that are recognised, or not
at all (``edits.py``).
"""

from padstone.cli.add.command import add

__all__ = ["add"]
