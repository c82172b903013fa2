"""Where runs are stored: what they are made of in the database, states that are quick to open in the vault.

A thread of its own writes, so that a database that is busy makes nobody wait but whoever writes. A write is durable
against an end of the process at any moment (SQLite, "Write-Ahead Logging": a commit is in the file once it returns).
"""

import logging
from collections.abc import Container
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from channels.db import database_sync_to_async
from django.db import DatabaseError

from simulator.engine.clock import Micros
from simulator.engine.journal import Intervention
from simulator.live import vault
from simulator.live.keeper import RunGone, Standing
from simulator.live.recording import Past
from simulator.live.vault import Identity
from simulator.live.version import version
from simulator.models import Run

logger = logging.getLogger(__name__)

_WRITER = ThreadPoolExecutor(1, "waystation-writer")


async def promise(key: str, reached: Micros) -> None:
    await _in_writer(_update, key, {"reached": reached})


async def save(key: str, standing: Standing) -> None:
    values: dict[str, Any] = {"journal": standing.journal, "reached": standing.reached}
    values["differs_from"] = standing.differs_from
    if standing.digest is not None:
        values |= {"digest": standing.digest, "version": version()}
    await _in_writer(_update, key, values)


async def keep(key: str, lines: list[Intervention], past: Past) -> None:
    await _in_thread(_keep, key, lines, past)


async def stored(key: str) -> Run | None:
    """The row of a run, read after everything that was written."""
    return await _in_writer(_row, key)


async def past_of(row: Run, lines: list[Intervention]) -> Past | None:
    """The stored state of a run that knows this journal, if there is one and it fits."""
    return await _in_thread(vault.read, row.key, row.document, row.seed, lines)


async def sweep(alive: Container[str]) -> None:
    """Forget the states of runs that were removed; those of `alive` are not looked at."""
    try:
        await _in_thread(_sweep, alive)
    except DatabaseError:
        logger.warning("Which runs were removed can't be asked now; it will be later.", exc_info=True)


async def _in_writer(work: Any, *arguments: Any) -> Any:
    return await database_sync_to_async(work, thread_sensitive=False, executor=_WRITER)(*arguments)


async def _in_thread(work: Any, *arguments: Any) -> Any:
    return await database_sync_to_async(work, thread_sensitive=False)(*arguments)


def _update(key: str, values: dict[str, Any]) -> None:
    if not Run.objects.filter(key=key).update(**values):
        raise RunGone


def _row(key: str) -> Run | None:
    return Run.objects.filter(key=key).first()


def _keep(key: str, lines: list[Intervention], past: Past) -> None:
    row = Run.objects.only("key", "document", "seed").filter(key=key).first()
    if row is None:
        raise RunGone
    vault.write(Identity.of(key, row.document, row.seed, lines, len(lines)), past)


def _sweep(alive: Container[str]) -> None:
    found = [key for key in vault.known() if key not in alive]
    there = set(Run.objects.filter(key__in=found).values_list("key", flat=True))
    for key in found:
        if key not in there:
            vault.forget(key)
