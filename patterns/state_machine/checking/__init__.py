"""Whether a definition in the Amazon States Language is one that Step Functions would take, and if not, all that is
wrong.

An author gets every problem at once, each with its place in the definition, what is allowed there and what to do;
nothing here raises, whatever it is given. `whole` checks a definition, the other modules a concern each, and the
interpreter uses the same readings of paths and intrinsic functions as the check does.
Sources: Amazon States Language specification; Step Functions Developer Guide, "Using Amazon States Language".
"""

from patterns.state_machine.checking.whole import check

__all__ = ["check"]
