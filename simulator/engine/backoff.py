"""How long a client waits before it tries again.

The wait grows twofold with every try and is drawn anew each time, so that clients that failed together do not come
back together. Source: AWS SDKs and Tools Reference Guide, "Retry behavior", standard mode: a random share of 1 s, 2
s, 4 s and so on, up to 20 s; AWS Architecture Blog, "Exponential backoff and jitter" (why the wait is drawn from the
whole range).
"""

from random import Random

from simulator.engine.clock import SECOND, Micros

LONGEST: Micros = 20 * SECOND


def backoff(tries: int, random: Random) -> Micros:
    """The wait after the `tries`-th try in a row (from 1) that failed."""
    return int(random.random() * min(SECOND << min(tries - 1, 5), LONGEST))
