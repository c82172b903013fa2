"""The settings tests run with: the product's own, on a data directory that vanishes with the process.

A directory of its own keeps test runs apart from each other and from the user's database; static files come from their
sources, because a test must see the file as it stands in the checkout.
"""

import os
import tempfile
from pathlib import Path

_DIRECTORY = tempfile.TemporaryDirectory(prefix="waystation-test-", ignore_cleanup_errors=True)
os.environ["WAYSTATION_DATA_DIR"] = _DIRECTORY.name
os.environ["WAYSTATION_SECRET_KEY"] = "for-tests-only-" + "x" * 50
for _name in ("DEBUG", "HTTPS", "ALLOWED_HOSTS", "LOG_LEVEL", "PATTERN_PACKAGES"):
    os.environ.pop(f"WAYSTATION_{_name}", None)

from simulator.settings import *  # noqa: E402, F403
from simulator.settings import STATIC_ROOT  # noqa: E402

Path(STATIC_ROOT).mkdir()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_BUNDLES = False
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
