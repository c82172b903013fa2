"""How many are inside, how many come, how long they stay: the terms of Little's law, measured apart from each other.

L is the time average of the number inside, exact, from the records that raise or lower it. λ is the number of
arrivals over the time, exact. W is the mean stay of those that have left, from their own two records; above a bound
only the messages of every second serial number are followed, then of every fourth, and so on. The law says that L = λW
in the long run; in a short one the ratio is off by those that are still inside. Where more comes than goes there is no
long run to speak of: the mean stay grows for ever, whatever the ratio is.
Source: Little, "A Proof for the Queuing Formula L = λW", Operations Research 9 (1961); Little, "Little's Law as Viewed
on Its 50th Anniversary", Operations Research 59 (2011).
"""

from typing import Any

from simulator.engine.clock import SECOND, Micros
from simulator.engine.message import ORIGINS, MessageId
from simulator.engine.trace import Record

# Messages that are followed at once, at most.
MOST_FOLLOWED = 2_000

# L and λW count as equal where they differ by less than this share.
TOLERANCE = 0.1

# So few inside are no sign that more comes than goes.
FEW = 10


class Occupancy:
    """The copies of messages in the custody of a node.

    Of records that are given together, those of arrivals must come first.
    """

    __slots__ = ("_followed", "_mask", "_moment", "arrivals", "inside", "stayed", "stays")

    def __init__(self) -> None:
        self.inside = 0
        self.arrivals = 0
        self.stayed: Micros = 0
        self.stays = 0
        self._moment = 0
        self._mask = 0
        self._followed: dict[MessageId, Micros] = {}

    def arrive(self, records: list[Record]) -> None:
        """One more inside for each of these records, at its time."""
        count = len(records)
        self.inside += count
        self.arrivals += count
        self._moment += sum([record[0] for record in records])
        mask = self._mask
        self._followed.update([(record[3], record[0]) for record in records if not record[3] & mask])
        while len(self._followed) > MOST_FOLLOWED:
            self._mask = mask = 2 * self._mask | ORIGINS
            self._followed = {message: time for message, time in self._followed.items() if not message & mask}

    def leave(self, records: list[Record]) -> None:
        """One less inside for each of these records, at its time."""
        self.inside -= len(records)
        self._moment -= sum([record[0] for record in records])
        mask, followed = self._mask, self._followed
        weight = mask // ORIGINS + 1
        for record in records:
            if not record[3] & mask and (since := followed.pop(record[3], None)) is not None:
                self.stayed += weight * (record[0] - since)
                self.stays += weight

    def area(self, now: Micros) -> int:
        """The number inside, summed over every microsecond from the beginning to `now`."""
        return self.inside * now - self._moment

    def little(self, now: Micros) -> dict[str, Any] | None:
        """The law, and how well it holds; None before anything has left.

        `number` is L, `rate` λ per second, `stay` W in microseconds, `product` λW, `ratio` L/λW, `inside` the number
        now, `holds` whether L is λW within TOLERANCE, and `balanced` whether as many leave as come.
        """
        return _law(self, now)


class Workload:
    """The messages that a worker has in its hands: few at a time, but records of an end may come without a beginning.

    A copy that is recognised before work on it begins, and what a crashed worker had received but not begun, were never
    in its hands; their records change nothing. Of records that are given together, those of beginnings must come first.
    """

    __slots__ = ("_begun", "_moment", "arrivals", "inside", "stayed", "stays")

    def __init__(self) -> None:
        self.inside = 0
        self.arrivals = 0
        self.stayed: Micros = 0
        self.stays = 0
        self._moment = 0
        self._begun: dict[MessageId, list[Micros]] = {}

    def arrive(self, records: list[Record]) -> None:
        """Work begins with each of these records."""
        count, begun = len(records), self._begun
        self.inside += count
        self.arrivals += count
        self._moment += sum([record[0] for record in records])
        for record in records:
            if record[3] in begun:
                begun[record[3]].append(record[0])
            else:
                begun[record[3]] = [record[0]]

    def leave(self, records: list[Record]) -> None:
        """Work, if there was any, ends with each of these records."""
        begun = self._begun
        for record in records:
            since = begun.get(record[3])
            if since is None:
                continue
            self.inside -= 1
            self._moment -= record[0]
            self.stayed += record[0] - since.pop(0)
            self.stays += 1
            if not since:
                del begun[record[3]]

    def area(self, now: Micros) -> int:
        """As in `Occupancy`."""
        return self.inside * now - self._moment

    def little(self, now: Micros) -> dict[str, Any] | None:
        """As in `Occupancy`."""
        return _law(self, now)


Inside = Occupancy | Workload


def _law(measured: Inside, now: Micros) -> dict[str, Any] | None:
    if not measured.stays or not now:
        return None
    stay = measured.stayed / measured.stays
    number, product = measured.area(now) / now, measured.arrivals * stay / now
    ratio = number / product if product else None
    return {
        "number": round(number, 4),
        "rate": round(measured.arrivals * SECOND / now, 4),
        "stay": round(stay),
        "product": round(product, 4),
        "ratio": None if ratio is None else round(ratio, 4),
        "inside": measured.inside,
        "balanced": measured.inside <= max(TOLERANCE * measured.arrivals, FEW),
        "holds": abs(number - product) <= TOLERANCE * product,
    }
