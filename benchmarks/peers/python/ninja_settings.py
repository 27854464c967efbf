"""Django's settings: what `startproject` writes, without what no API has.

There are no sessions, cookies, messages and templates; the connections are in psycopg's pool.
"""

import os
from urllib.parse import unquote, urlsplit

_url = urlsplit(os.environ["DATABASE_URL"])

DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
SECRET_KEY = os.urandom(32).hex()
ROOT_URLCONF = "ninja_app"
USE_TZ = True
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _url.path.lstrip("/"),
        "USER": unquote(_url.username or ""),
        "PASSWORD": unquote(_url.password or ""),
        "HOST": _url.hostname,
        "PORT": _url.port,
        "OPTIONS": {"pool": {"min_size": 4, "max_size": int(os.environ["POOL_SIZE"])}},
    }
}
