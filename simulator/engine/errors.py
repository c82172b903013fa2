"""What can be wrong, in words a person can act on.

Two readers: a person gets problems (where, what it is, what is allowed, what to do), all of them at once; a client of a
service gets the service's own error code and sentence.
"""

from dataclasses import asdict, dataclass
from typing import Any

from pydantic import ValidationError


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a document or in arguments: `path` like `nodes.1.settings.VisibilityTimeout`."""

    path: str
    problem: str
    allowed: str = ""
    cure: str = ""

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        parts = [self.problem, f"Allowed: {self.allowed}" if self.allowed else "", self.cure]
        return where + " ".join(_sentence(part) for part in parts if part)

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


class Refused(Exception):  # noqa: N818 - it is what happened, and reads so at the call
    """A document, a setting or an intervention that can't be taken, with every problem it has."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class ServiceError(Exception):
    """The answer of a service to a wrong call, with the service's own code and sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[Any, ...]:
        return ServiceError, (self.code, self.message)


# Codes with which a service says that a request is wrong and would be answered in the same way again. Source: SQS, SNS,
# EventBridge, Lambda and DynamoDB API References, "Common errors" and the errors of each action (4xx but throttling).
_WRONG = (
    "AccessDenied",
    "AuthorizationError",
    "BatchEntry",
    "BatchRequest",
    "EndpointDisabled",
    "Invalid",
    "KMS",
    "KmsAccessDenied",
    "Malformed",
    "MissingParameter",
    "NonExistent",
    "NotAuthorized",
    "NotFound",
    "PlatformApplicationDisabled",
    "QueueDoesNotExist",
    "RequestEntityTooLarge",
    "RequestTooLarge",
    "TooLarge",
    "Unsupported",
    "Validation",
)


def is_client_error(error: ServiceError) -> bool:
    """Whether a target would answer the same again, so that another try is in vain.

    True for what is wrong with the request, not allowed, or gone, and for HTTP 4xx but 408 and 429; False for
    throttling, time-outs, faults of the server, and a function's own errors.
    Source: SNS Developer Guide, "Amazon SNS message delivery retries" (client-side and server-side errors); EventBridge
    User Guide, "How EventBridge retries delivering events".
    """
    code = error.code
    if code.startswith("HTTP "):
        return code.startswith("HTTP 4") and code not in ("HTTP 408", "HTTP 429")
    return any(word in code for word in _WRONG)


def problems_of(error: ValidationError, prefix: str = "") -> list[Problem]:
    """Every fault pydantic found, in our words; `prefix` says where in the document the checked part stands."""
    return [problem for fault in error.errors(include_url=False) for problem in _problems(fault, prefix)]


def _problems(fault: Any, prefix: str) -> list[Problem]:
    """The problems of one fault: one, except where a value (a template, a log file) lists many of its own."""
    path = ".".join(str(part) for part in (prefix, *fault["loc"]) if part != "")
    listed = (fault.get("ctx") or {}).get("problems")
    if listed:
        return [Problem(f"{path}.{below}".strip("."), said) for below, said in listed]
    return [_problem(fault, path)]


def _problem(fault: Any, path: str) -> Problem:
    kind, context, given = fault["type"], fault.get("ctx") or {}, fault["input"]
    if kind == "missing":
        return Problem(path, "is missing", cure="Add it.")
    if kind == "extra_forbidden":
        return Problem(path, "is not a setting here", cure="Remove it, or correct its name.")
    if kind == "value_error":
        return Problem(path, str(context.get("error", fault["msg"])))
    problem = f"is {shown(given)}"
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return Problem(path, problem, f"{words} {_bound(context[name])}", "Change it to a value in range.")
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        return Problem(
            path, problem, str(context.get("expected", context.get("expected_tags", ""))), "Choose one of these."
        )
    if kind in ("too_long", "too_short"):
        bound = context.get("max_length", context.get("min_length"))
        count = context["actual_length"]
        return Problem(
            path,
            f"has {count} {'entry' if count == 1 else 'entries'}",
            f"{'at most' if kind == 'too_long' else 'at least'} {bound}",
        )
    return Problem(path, problem, fault["msg"])


_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
    "string_too_long": ("max_length", "at most this many characters:"),
    "string_too_short": ("min_length", "at least this many characters:"),
    "string_pattern_mismatch": ("pattern", "text that fits"),
}


def _bound(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def shown(value: Any) -> str:
    """A value as it is quoted in a problem, cut to a readable length."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
