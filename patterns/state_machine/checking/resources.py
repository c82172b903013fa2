"""The Resource of a Task: a function, an activity, or an action of a service with the way in which it is waited for.

A placeholder of a template (`${Function}`, `{"Ref": "Function"}`) is taken as it is: whoever deploys the template fills
it in.
Sources: Step Functions Developer Guide, "Integrating optimized services with Step Functions" (which service offers
which pattern), "Learning to use AWS service SDK integrations", "Using CloudFormation to create a workflow";
Lambda API Reference, Invoke (form of a function's ARN).
"""

import re
from typing import Any

from patterns.state_machine.checking.place import Place
from patterns.state_machine.checking.report import Report, nearest, shown
from simulator.engine.parameters import listed

JOB, TOKEN = ".sync", ".waitForTaskToken"

# service: (the patterns that it offers besides waiting for the answer; its actions, where they are few)
_SERVICES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "apigateway": ((TOKEN,), ("invoke",)),
    "athena": ((JOB,), ()),
    "batch": ((JOB,), ("submitJob",)),
    "bedrock": ((JOB, TOKEN), ()),
    "codebuild": ((JOB,), ()),
    "databrew": ((JOB,), ("startJobRun",)),
    "dynamodb": ((), ("getItem", "putItem", "updateItem", "deleteItem")),
    "ecs": ((JOB, TOKEN), ("runTask",)),
    "eks": ((JOB, TOKEN), ()),
    "elasticmapreduce": ((JOB,), ()),
    "emr-containers": ((JOB,), ()),
    "emr-serverless": ((JOB,), ()),
    "events": ((TOKEN,), ("putEvents",)),
    "glue": ((JOB,), ("startJobRun",)),
    "http": ((), ("invoke",)),
    "lambda": ((TOKEN,), ("invoke",)),
    "mediaconvert": ((JOB,), ("createJob",)),
    "sagemaker": ((JOB,), ()),
    "sns": ((TOKEN,), ("publish",)),
    "sqs": ((TOKEN,), ("sendMessage",)),
    "states": ((JOB, TOKEN), ("startExecution",)),
}
_SDK: tuple[tuple[str, ...], tuple[str, ...]] = ((TOKEN,), ())
_ARN = re.compile(r"arn:[\w$({})-]+:[\w$({}).-]+:[^:\s]*:[^:\s]*:\S(?:.*\S)?", re.DOTALL)
_INTEGRATION = re.compile(r"arn:[\w-]+:states:[\w-]*:\d*:(?P<called>[a-z][\w-]*:[^\s]+)")
_PATTERN = re.compile(r"(?P<action>[\w-]+(?::[\w-]+)?)(?P<pattern>\.sync(?::2)?|\.waitForTaskToken)?")
_FUNCTION = re.compile(r"arn:[\w-]+:lambda:[\w-]*:\w*:function:[\w-]+(?::(?:\$LATEST(?:\.PUBLISHED)?|[\w-]+))?")
_PLACEHOLDERS = ("Ref", "Condition")


def resource(place: Place, path: str, given: Any) -> None:
    """A problem unless the value names something that a Task can call."""
    report = place.report
    if isinstance(given, dict) and _is_placeholder(given):
        return
    if not report.text(path, given, "the ARN of a function, an activity or a service's action"):
        return
    if "${" in given:
        if given.count("${") > len(re.findall(r"\$\{[^{}]+\}", given)):
            report.add(path, f"{shown(given)} has a placeholder that is not closed", "${Name}", "Add the closing }.")
        return
    if not _ARN.fullmatch(given):
        allowed = "an ARN such as arn:aws:states:::lambda:invoke"
        report.add(path, f"{shown(given)} is no ARN", allowed, "Write the ARN of what the task calls.")
    elif given.split(":")[2] == "lambda":
        if not _FUNCTION.fullmatch(given):
            allowed = "arn:aws:lambda:region:account:function:name, and :alias or :version"
            report.add(path, f"{shown(given)} is no ARN of a function", allowed, "Correct its name or its alias.")
    elif called := _INTEGRATION.fullmatch(given):
        _integration(place, path, called["called"])


def _is_placeholder(given: dict[str, Any]) -> bool:
    return len(given) == 1 and all(name in _PLACEHOLDERS or name.startswith("Fn::") for name in given)


def _integration(place: Place, path: str, called: str) -> None:
    """`lambda:invoke.waitForTaskToken`, `aws-sdk:s3:getObject`, `activity:name`."""
    report = place.report
    service, _, rest = called.partition(":")
    if service == "activity":
        _only_in_standard(place, path, "an activity")
        return
    read = _PATTERN.fullmatch(rest)
    if service == "aws-sdk":
        if not read or ":" not in read["action"] or not read["action"].partition(":")[2][0].islower():
            allowed = "aws-sdk:service:action, the action in camelCase, such as aws-sdk:s3:getObject"
            report.add(path, f"{shown(called)} is no action of an SDK", allowed, "Correct it.")
            return
        patterns, actions = _SDK
    elif service in _SERVICES:
        patterns, actions = _SERVICES[service]
    else:
        cure = nearest(service, list(_SERVICES)) or "Name one of these, or any service as aws-sdk:service:action."
        report.add(path, f"calls {shown(service)}, which has no integration of its own", listed(list(_SERVICES)), cure)
        return
    if not read or (service != "aws-sdk" and ":" in read["action"]):
        allowed = f"{service}:action, and .sync, .sync:2 or .waitForTaskToken"
        report.add(path, f"{shown(called)} is no action of a service", allowed, "Correct it.")
        return
    if actions and read["action"] not in actions:
        cure = nearest(read["action"], list(actions)) or f"Or write aws-sdk:{service}:{read['action']}."
        report.add(path, f"{service} has no action {shown(read['action'])} here", listed(list(actions)), cure)
    _pattern(place, path, service, read["pattern"] or "", patterns)


def _pattern(place: Place, path: str, service: str, pattern: str, offered: tuple[str, ...]) -> None:
    if not pattern:
        return
    if pattern.removesuffix(":2") not in offered:
        allowed = listed(list(offered)) if offered else "no suffix"
        said = f"ends in {pattern}, which {service} does not offer"
        place.report.add(path, said, allowed, "Remove the suffix, or take another.")
    else:
        _only_in_standard(place, path, pattern)


def _only_in_standard(place: Place, path: str, what: str) -> None:
    if place.express:
        said = f"uses {what}, which an Express workflow can't"
        place.report.add(path, said, cure="Take the type STANDARD, or call without waiting.")


def of_map(report: Report, path: str, given: Any, *actions: str) -> None:
    """A problem unless a Map's reader or writer names one of these actions of S3."""
    names = [f"arn:aws:states:::s3:{action}" for action in actions]
    if isinstance(given, dict) and _is_placeholder(given):
        return
    if isinstance(given, str) and re.sub(r"^arn:aws[\w-]*:", "arn:aws:", given) in names:
        return
    report.one_of(path, given, names)
