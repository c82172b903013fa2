"""How much of the machine's memory a process takes."""

import os
import resource
from pathlib import Path


def resident() -> int:
    """Bytes of this process in memory; where there is no /proc, the most there ever were."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return pages * os.sysconf("SC_PAGE_SIZE")
