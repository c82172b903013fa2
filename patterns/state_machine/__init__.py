"""State machines: definitions in the Amazon States Language, checked and run on virtual time.

`check` says everything that is wrong with a definition.
"""

from patterns.state_machine.checking import check

__all__ = ["check"]
