"""Answers that may be a little old: kept in Redis, made by one, dropped by name when things change.

Nothing depends on it: while Redis does not answer, everything is made anew each time. What is kept
under a key is for everybody who asks for that key, so what is somebody's own has the owner in it.
"""

from padstone.extras import extra

with extra("redis"):
    from padstone.cache.cache import Cache
    from padstone.cache.dependencies import CacheDep, cache_of

__all__ = ["Cache", "CacheDep", "cache_of"]
