"""The Django settings: safe by default, and every choice a server's owner has is a WAYSTATION_ environment variable.

This is the one place where they are listed:

    WAYSTATION_SECRET_KEY        the key that signs sessions. Without it the file `secret_key` in the data directory is
                                 read, which `manage.py` writes when it is missing; a server started otherwise does not.
    WAYSTATION_DATA_DIR          where the database, the key and the collected static files live. Default: `var/`.
    WAYSTATION_ALLOWED_HOSTS     names the site answers to, separated by spaces or commas. Default: this machine only.
    WAYSTATION_HTTPS             1 when a proxy in front ends TLS and sets X-Forwarded-Proto: secure cookies, HSTS and a
                                 redirect from http follow. Default: 0.
    WAYSTATION_DEBUG             1 for tracebacks in the browser and static files without collecting them. Default: 0;
                                 `manage.py runserver`, the developer's server, turns it on.
    WAYSTATION_PATTERN_PACKAGES  Python packages whose folders are patterns. Default: `patterns`.
    WAYSTATION_LOG_LEVEL         DEBUG, INFO, WARNING or ERROR for our own log lines. Default: INFO.

Sources: Django's "Deployment checklist"; SQLite, "Write-Ahead Logging"; W3C, "Content Security Policy Level 3".
"""

import os
import secrets
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def _switch(name: str) -> bool:
    return os.environ.get(name, "0").strip().lower() in ("1", "true", "yes", "on")


def _words(name: str, default: str) -> list[str]:
    return (os.environ.get(name) or default).replace(",", " ").split()


DEBUG = _switch("WAYSTATION_DEBUG")
HTTPS = _switch("WAYSTATION_HTTPS")
DATA_DIR = Path(os.environ.get("WAYSTATION_DATA_DIR") or BASE_DIR / "var").resolve()
LOG_LEVEL = os.environ.get("WAYSTATION_LOG_LEVEL", "INFO").upper()
PATTERN_PACKAGES = _words("WAYSTATION_PATTERN_PACKAGES", "patterns")


def _secret_key() -> str:
    """The key from the environment or the data directory; in debug mode also one that lasts as long as the process."""
    file = DATA_DIR / "secret_key"
    key = os.environ.get("WAYSTATION_SECRET_KEY") or (
        file.read_text(encoding="ascii").strip() if file.is_file() else ""
    )
    if key:
        return key
    if DEBUG:
        return secrets.token_urlsafe(50)
    raise ImproperlyConfigured(
        f"There is no secret key: WAYSTATION_SECRET_KEY is not set and {file} does not exist. "
        "Set the variable to a long random text, or run `python3 manage.py start` once, which writes the file."
    )


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = _words("WAYSTATION_ALLOWED_HOSTS", "localhost 127.0.0.1 [::1]")

INSTALLED_APPS = [
    "daphne",
    "simulator.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "django_htmx",
    "lucide",
    "csp",
    "simulator.apps.SimulatorConfig",
]
# GZip stands inside WhiteNoise, which sends files compressed beforehand, and outside everything that makes pages.
# That is safe for pages with a CSRF token: Django masks the token afresh in every response and pads what it
# compresses (BREACH).
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "simulator.urls"
ASGI_APPLICATION = "simulator.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ]
        },
    }
]

# A message from a page is a command of a few hundred bytes, or at most one edited scenario. Whoever sends more than
# 64,000 characters is told so and sent away (docs/PROTOCOL.md, code 4413); beyond this limit Daphne drops the line
# without a word, before it fills memory. `runserver`, `daphne` and simulator/server.py all read these two.
DAPHNE_WEBSOCKET_MAX_MESSAGE_SIZE = 256 * 1024
DAPHNE_WEBSOCKET_MAX_FRAME_SIZE = 256 * 1024
# One process serves everyone, and frames do not use the layer (docs/DECISIONS.md): it only carries notices.
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
# WAL lets readers go on while one writes; IMMEDIATE takes the write lock first, so that waiting replaces "database is
# locked".
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "waystation.sqlite3",
        "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "library"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
# Failed sign-ins are counted in this process, and no more of them than fit (simulator/pages/sign_in.py).
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "sign-in": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "sign-in",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}
FILE_UPLOAD_HANDLERS = ["simulator.pages.uploads.SmallFiles"]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# A scenario document may carry 1 MB of recorded timestamps; form encoding can triple its length.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

# Debug: straight from the sources. Otherwise `manage.py start` bundles our modules (simulator/bundles.py) and collects
# everything under hashed names that a browser keeps for ever.
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_BUNDLES = not DEBUG
STATICFILES_FINDERS = [
    "simulator.finders.BundleFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "simulator.finders.PackageFinder",
]
_COLLECTED = "simulator.delivery.HashedStorage"
_SOURCES = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _SOURCES if DEBUG else _COLLECTED},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("png", "jpg", "gif", "webp", "woff", "woff2", "zip", "gz", "br", "map")
# A name with a hash in it: Django's (twelve hexadecimal digits) or the bundler's.
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{12}\.\w+$|/chunk-[\w.]*-[0-9A-Z]{8}\.js$"

# 'self' also covers the page's own WebSocket. Nothing inline runs except the import map, which carries the nonce.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
# Cookies do not know ports: names of our own keep other Django sites on the same machine from signing each other out.
SESSION_COOKIE_NAME = "waystation_session"
CSRF_COOKIE_NAME = "waystation_csrf"
# Browsers ignore this header, with an error in the console, for plain http from anywhere but this machine.
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin" if HTTPS else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 30 * 24 * 3600
    # Whether the domain's other names are on HTTPS, and for ever, is for the domain's owner to say, not for one site
    # under it.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "simulator": {"level": LOG_LEVEL},
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # scanners knock with any name; they get their 400
    },
}
