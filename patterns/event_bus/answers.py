"""What a bus answers to a wrong request: the service's own codes and sentences.

Source of codes: EventBridge API Reference, "Errors" of each action, and PutEventsResultEntry. The sentences are those
the service sends, as recorded by people who compare their work with it; `UNAVAILABLE`, `THROTTLED` and those about
hops and loops say what the User Guide says.
"""

from dataclasses import replace

from simulator.engine.errors import Problem, ServiceError

VALIDATION = "ValidationException"
NOT_FOUND = "ResourceNotFoundException"
EXISTS = "ResourceAlreadyExistsException"

UNAVAILABLE = ServiceError("ServiceUnavailable", "The request has failed due to a temporary failure of the server.")
THROTTLED = ServiceError("ThrottlingException", "Rate exceeded")
TOO_LARGE = ServiceError(VALIDATION, "Total size of the entries in the request is over the limit.")
MALFORMED = ServiceError("MalformedDetail", "Detail is malformed.")
NOT_AUTHORIZED = ServiceError("NotAuthorizedForSourceException", "Not authorized for the source.")
LIMIT = ServiceError("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
NO_SCHEDULE_HERE = ServiceError(VALIDATION, "ScheduleExpression is supported only on the default event bus.")
NO_SCHEDULE = ServiceError(VALIDATION, "Parameter ScheduleExpression is not valid.")
NOTHING_TO_MATCH = ServiceError(VALIDATION, "Parameter(s) EventPattern or ScheduleExpression must be specified.")
HAS_TARGETS = ServiceError(VALIDATION, "Rule can't be deleted since it has targets.")
NO_EVENT = "Parameter Event is not valid."
OTHER_BUS = ServiceError(
    VALIDATION, "Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted."
)
WRONG_TIMES = ServiceError(
    VALIDATION, "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime."
)
NO_LONGER_RUNNING = ServiceError("IllegalStatusException", "Replay is not in a valid state for this operation.")
THIRD_HOP = ServiceError(
    "THIRD_ACCOUNT_HOP_DETECTED", "an event that another bus has sent is not passed on to a third one"
)


def missing(parameter: str) -> ServiceError:
    """An entry lacks something; `parameter` is its name."""
    return invalid(parameter, f"{parameter} is a required argument.")


def invalid(parameter: str, reason: str) -> ServiceError:
    return ServiceError("InvalidArgument", f"Parameter {parameter} is not valid. Reason: {reason}")


def invalid_settings(problem: Problem) -> ServiceError:
    """A parameter that can't be set so: in the service's words where they are known, else with the reason."""
    if not problem.path or problem.problem.startswith("Parameter "):
        return ServiceError(VALIDATION, problem.problem)
    reason = replace(problem, path="")
    return ServiceError(VALIDATION, f"Parameter {problem.path} is not valid. Reason: {reason}")


def entries_problem(count: int) -> ServiceError | None:
    """What is wrong with the number of entries of PutEvents: 1 to 10."""
    if 1 <= count <= 10:
        return None
    bound = "less than or equal to 10" if count else "greater than or equal to 1"
    said = "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length"
    return ServiceError(VALIDATION, f"{said} {bound}")


def no_rule(name: str, bus: str) -> ServiceError:
    return ServiceError(NOT_FOUND, f"Rule {name} does not exist on EventBus {bus}.")


def does_not_exist(what: str, name: str) -> ServiceError:
    return ServiceError(NOT_FOUND, f"{what} {name} does not exist.")


def already_exists(what: str, name: str) -> ServiceError:
    return ServiceError(EXISTS, f"{what} {name} already exists.")


def invalid_pattern(said: str) -> ServiceError:
    return ServiceError("InvalidEventPatternException", said)
