"""Words for definitions in the Amazon States Language: small machines, and what a check says about them.

assert problems(machine(A=passes(InputPath="a"))) == {"States.A.InputPath": '"a" does not begin with $'}
"""

from typing import Any

from patterns.state_machine import check


def machine(**states: dict[str, Any]) -> dict[str, Any]:
    """A definition that starts at the first of these states."""
    return {"StartAt": next(iter(states)), "States": states}


def jsonata(**states: dict[str, Any]) -> dict[str, Any]:
    return {"QueryLanguage": "JSONata", **machine(**states)}


def state(kind: str, **fields: Any) -> dict[str, Any]:
    """A state that ends its machine, unless it leads on or its type never does."""
    ends = {} if kind in ("Choice", "Succeed", "Fail") or "Next" in fields else {"End": True}
    return {"Type": kind, **ends, **fields}


def passes(**fields: Any) -> dict[str, Any]:
    return state("Pass", **fields)


def task(**fields: Any) -> dict[str, Any]:
    return state("Task", **{"Resource": "arn:aws:states:::lambda:invoke", **fields})


def maps(*, processor: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A Map state; `processor` are fields of its ItemProcessor beside a machine of one state."""
    return state("Map", ItemProcessor={**machine(Item=passes()), **(processor or {})}, **fields)


DISTRIBUTED = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}


def problems(definition: Any, **options: Any) -> dict[str, str]:
    """What is wrong, by path; a definition that is right gives {}."""
    return {problem.path: problem.problem for problem in check(definition, **options)}
