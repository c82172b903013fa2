"""Time zones, from the `tzdata` package and never from the machine, so that every machine plays the same.

A local time can be skipped (when clocks go forward) or happen twice (when they go back); the first of the two counts.
Source: Python documentation, `zoneinfo` (data sources; `fold`); IANA time zone database.
"""

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from simulator.engine.calendar import EPOCH, MICROSECOND, date_of
from simulator.engine.clock import Micros


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """The names of all zones."""
    return frozenset((resources.files("tzdata") / "zones").read_text("utf-8").split())


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo:
    """The zone of this name. Raises ValueError where there is none."""
    if name == "UTC":
        return UTC
    if name not in names():
        raise ValueError(f"“{name[:60]}” is no time zone. Write one like UTC or Europe/Berlin.")
    place = resources.files("tzdata") / "zoneinfo"
    for part in name.split("/"):
        place = place / part
    with place.open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def local(micros: Micros, where: tzinfo) -> datetime:
    """What clocks show in a zone so many Micros after 1970, without the zone; `fold` says that it is shown again."""
    return date_of(micros).astimezone(where).replace(tzinfo=None)


def moment_of(shown: datetime, where: tzinfo) -> Micros | None:
    """When clocks in a zone show this for the first time, in Micros since 1970; None where it is skipped."""
    found = shown.replace(tzinfo=where, fold=0).astimezone(UTC)
    if where is not UTC and found.astimezone(where).replace(tzinfo=None, fold=0) != shown.replace(fold=0):
        return None
    return (found - EPOCH) // MICROSECOND
