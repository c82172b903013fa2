"""Where static files come from besides `static/`: bundles that `manage.py start` makes, and packages of node_modules.

Of a package only the imported module is served, as `npm/<package>/…`, with its source map and the styles beside it; its
other builds, its manifest and its tests stay private. Source: Django, "STATICFILES_FINDERS".
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import get_files, matches_patterns
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage

from simulator import assets, bundles


class BundleFinder(BaseFinder):
    """Finds a bundle or a minified file before the source of the same name. Its files come and go with each build."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=str(bundles.directory()))

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if not bundles.wanted() or not self.storage.exists(path):
            return []
        return [self.storage.path(path)] if find_all else self.storage.path(path)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        if bundles.wanted() and self.storage.exists(""):
            yield from ((name, self.storage) for name in get_files(self.storage, list(ignore_patterns or ())))


class PackageFinder(BaseFinder):
    """Finds and lists the browser files of npm packages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=str(assets.PACKAGES))
        self.storage.prefix = "npm"  # type: ignore[attr-defined]  # where collectstatic puts what list() yields

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file's full path, or all of them as a list; nothing for a file that is not served."""
        inside = path.removeprefix("npm/")
        if inside == path or inside not in self._served():
            return []
        return [self.storage.path(inside)] if find_all else self.storage.path(inside)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in sorted(self._served()):
            if not matches_patterns(name, list(ignore_patterns or ())):
                yield name, self.storage

    def _served(self) -> set[str]:
        served = set()
        for module in assets.packages().values():
            folder = module.rpartition("/")[0]
            styles = {f"{folder}/{name}" for name in self.storage.listdir(folder)[1] if name.endswith(".css")}
            served |= {module, *styles} | ({f"{module}.map"} if self.storage.exists(f"{module}.map") else set())
        return served
