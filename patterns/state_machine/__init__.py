"""State machines: definitions in the Amazon States Language, checked and run on virtual time.

`check` says everything that is wrong with a definition; `execute` runs one execution by itself. `Machine` is a compiled
definition and `Execution` one run of it, driven by `Surroundings`: a kernel and recorded tasks, or a scenario's node.
"""

from patterns.state_machine.checking import check
from patterns.state_machine.errors import InvalidDefinition
from patterns.state_machine.execution import Execution
from patterns.state_machine.machine import Machine
from patterns.state_machine.playback import execute
from patterns.state_machine.surroundings import Surroundings

__all__ = ["Execution", "InvalidDefinition", "Machine", "Surroundings", "check", "execute"]
