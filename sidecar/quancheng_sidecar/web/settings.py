"""Django's settings, derived from the one settings object."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from quancheng_sidecar.settings import settings

_own = settings()


def _database() -> dict[str, Any]:
    if _own.database_url is None:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": _own.database_file,
            # IMMEDIATE takes the write lock at BEGIN, so an act and its log event never meet a half-way lock error.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                # FULL: an event that was reported as logged must survive a power cut.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    url = urlsplit(_own.database_url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.lstrip("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
    }


# No page with a session is served yet, so this key signs nothing.
SECRET_KEY = "no-session-is-signed"  # noqa: S105  (see above)
ROOT_URLCONF = "quancheng_sidecar.web.urls"
# Callers are known by the signature of what they send, not by the name they call us by.
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "quancheng_sidecar.preserve",
    "quancheng_sidecar.archive.embedded",
    "quancheng_sidecar.archive.paperless",
    "quancheng_sidecar.collect",
    "quancheng_sidecar.use",
]
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TIME_ZONE = _own.timezone
USE_TZ = True
LANGUAGE_CODE = "zh-hans"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).with_name("templates")],
        "APP_DIRS": True,
    }
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
LOGGING_CONFIG = None
