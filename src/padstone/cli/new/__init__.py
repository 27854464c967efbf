"""``padstone new``: a project of one's own, made from a template that is a whole system.

A template is what stands under ``systems/`` or ``templates/`` of our repository, as its tests run
it. What only makes sense there is said in ``templates.py``, as data; ``laid/`` has the files that
every project gets because it stands alone.
"""

from padstone.cli.new.command import new

__all__ = ["new"]
