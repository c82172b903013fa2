"""The vault: states of runs as files in the data directory, so that a long run is opened again without computing it
all.

It is pure cache. What a run is made of lies in the database; a file that is missing, torn, foreign or of another
version is passed over, and the run is computed again. Unpickling bytes is running them, so none are unpickled before
their signature, made with the server's secret key, has been checked. Source: Python, "pickle", the warning there.
"""

import hashlib
import hmac
import json
import logging
import os
import pickle
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.crypto import salted_hmac

from simulator.engine.journal import Intervention
from simulator.live.recording import Past
from simulator.live.version import version
from simulator.models import fingerprint

logger = logging.getLogger(__name__)

# What one run may take, and all of them together, in bytes. Beyond that the file written longest ago goes.
MOST_BYTES_OF_A_RUN = 160_000_000
MOST_BYTES = 2_000_000_000

FOLDER = "states"
SUFFIX = ".state"
_SALT = "simulator.live.vault"
_SIGNATURE = hashlib.sha256().digest_size


class Unfit(Exception):  # noqa: N818
    """A file that can't be used, and why."""


@dataclass(frozen=True)
class Identity:
    """What a state belongs to: the run with this key, made of this, of which the first `applied` lines had happened."""

    key: str
    made_of: str
    applied: int

    @staticmethod
    def of(key: str, document: Any, seed: int, lines: list[Intervention], applied: int) -> "Identity":
        made_of = [document, seed, [line.as_list() for line in lines[:applied]]]
        return Identity(key, fingerprint(made_of), applied)

    def head(self) -> bytes:
        """The first line of a file."""
        return json.dumps([version(), self.key, self.made_of, self.applied]).encode() + b"\n"


def write(identity: Identity, past: Past) -> int:
    """Put a state into the place of the one before, whole or not at all; the bytes it takes. Raises OSError."""
    path = _path(identity.key)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    try:
        with draft.open("wb") as file:
            signing = _Signing(file)
            signing.write(identity.head())
            pickle.dump(past, signing, protocol=pickle.HIGHEST_PROTOCOL)
            size = file.tell() + _SIGNATURE
            if size > MOST_BYTES_OF_A_RUN:
                raise OSError(f"the state takes {size:,} bytes; {MOST_BYTES_OF_A_RUN:,} are allowed")
            file.write(signing.signature())
        os.replace(draft, path)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
    _keep_within(MOST_BYTES, path)
    return size


def read(key: str, document: Any, seed: int, lines: list[Intervention]) -> Past | None:
    """The stored past of a run; None where there is none that fits. What does not fit is named in the log."""
    path = _path(key)
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > MOST_BYTES_OF_A_RUN:
                raise Unfit("it is too large")
            content = file.read()
        body = _checked(memoryview(content), key, document, seed, lines)
        past: Past = pickle.loads(body)  # noqa: S301 - signed by this server, and of this version
        kept = past.checkpoints[-1]
        if any(line.time < kept.time for line in lines[kept.applied :]):
            raise Unfit("it does not know what was done before its moment")
        return past
    except FileNotFoundError:
        return None
    except (OSError, Unfit) as why:
        logger.warning("The stored state of the run %s is not used, the run is computed again: %s.", key, why)
        return None


def forget(key: str) -> None:
    with suppress(OSError):
        _path(key).unlink()


def known() -> list[str]:
    """The runs of which there is a state."""
    return [path.stem for path in _folder().glob(f"*{SUFFIX}")]


class _Signing:
    """A file that signs what is written into it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hmac = _new_hmac()

    def write(self, data: Any) -> int:
        self._hmac.update(data)
        return self._file.write(data)

    def signature(self) -> bytes:
        return self._hmac.digest()


def _checked(content: memoryview, key: str, document: Any, seed: int, lines: list[Intervention]) -> memoryview:
    """The pickled part of a file that is ours. Raises Unfit."""
    signed, signature = content[:-_SIGNATURE], content[-_SIGNATURE:]
    mine = _new_hmac()
    mine.update(signed)
    if not hmac.compare_digest(mine.digest(), signature):
        raise Unfit("its signature is wrong")
    head, _, _ = bytes(signed[:1000]).partition(b"\n")
    played_by, _, _, applied = json.loads(head)
    if played_by != version():
        raise Unfit(f"it was written by the version {played_by}, and this is {version()}")
    expected = Identity.of(key, document, seed, lines, applied).head()
    if expected != head + b"\n":
        raise Unfit("it belongs to another run, or to another journal")
    return signed[len(expected) :]


def _new_hmac() -> "hmac.HMAC":
    return salted_hmac(_SALT, b"", algorithm="sha256")


def _folder() -> Path:
    return Path(settings.DATA_DIR) / FOLDER


def _path(key: str) -> Path:
    assert key.replace("-", "").replace("_", "").isalnum(), f"{key!r} is no key of a run"
    return _folder() / f"{key}{SUFFIX}"


def _keep_within(most: int, newest: Path) -> None:
    """Let the files written longest ago go, until the others take no more than `most` bytes."""
    files = []
    for path in newest.parent.glob(f"*{SUFFIX}"):
        with suppress(FileNotFoundError):
            found = path.stat()
            files.append((found.st_mtime, found.st_size, path))
    size = sum(one[1] for one in files)
    for _, bytes_of_it, path in sorted(files):
        if size > most and path != newest:
            size -= bytes_of_it
            forget(path.stem)
