"""How a failure of a worker is called, for whoever waits for its answer.

Source: AWS Lambda Developer Guide, "Lambda function errors" (errorType, errorMessage); Step Functions Developer Guide,
"Handling errors in Step Functions workflows" (Sandbox.Timedout).
"""

import re
from typing import Any

from simulator.engine.errors import ServiceError

TIMED_OUT = "Sandbox.Timedout"
CRASHED = "Runtime.ExitError"

_NAMED = re.compile(r"([A-Za-z][\w.]*): .+")


class FunctionError(ServiceError):
    """The error of the function itself, which Lambda passes on with its name: `error_type`."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__("Unhandled", message)
        self.error_type = error_type

    def __reduce__(self) -> tuple[Any, ...]:
        return FunctionError, (self.error_type, self.message)


def name_in(text: str) -> str:
    """The name of an error whose text says one: `CardDeclined` of "CardDeclined: over the limit"; else ""."""
    found = _NAMED.fullmatch(text)
    return found[1] if found is not None else ""
