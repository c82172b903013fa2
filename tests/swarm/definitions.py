"""Random definitions of state machines: legal but for states that nothing leads to, and loops without a way out."""

from random import Random
from typing import Any

from tests.patterns.machines import FUNCTION, SEND

INPUT = {"n": 3, "flag": True, "list": [1, 2, 3], "text": "x", "nested": {"a": [{"b": 1}, {"b": 2}]}}

REST = {name: value for name, value in INPUT.items() if name != "n"}


class Author:
    """Writes a definition."""

    def __init__(self, seed: int) -> None:
        self.random = Random(f"{seed}/author")
        self.count = 0

    def machine(self, depth: int = 0) -> dict[str, Any]:
        names = [self._name() for _ in range(self.random.randrange(1, 5))]
        states = {}
        for place, name in enumerate(names):
            after = names[place + 1 :] + names[: place + 1] * (self.random.random() < 0.2)
            states[name] = self._state(after, depth)
        return {"StartAt": names[0], "States": states}

    def _name(self) -> str:
        self.count += 1
        return f"S{self.count}"

    def _state(self, after: list[str], depth: int) -> dict[str, Any]:
        kinds = ["Pass", "Wait", "Task", "Choice", "Fail", "Succeed"] + ["Parallel", "Map", "Spread"] * (depth < 2)
        weights = [4, 2, 4, 3, 0.4, 0.6] + [1.5, 1.5, 1] * (depth < 2)
        kind = self.random.choices(kinds, weights)[0]
        if kind == "Choice" and not after:
            kind = "Pass"
        state: dict[str, Any] = getattr(self, f"_{kind.lower()}")(after, depth)
        if kind not in ("Choice", "Fail", "Succeed"):
            state.update({"Next": self.random.choice(after)} if after else {"End": True})
        return state

    def _pass(self, after: list[str], depth: int) -> dict[str, Any]:
        return {"Type": "Pass", **self.random.choice([
            {},
            {"Result": dict(INPUT)},
            {"Parameters": {**REST, "n.$": "States.MathAdd(1, 2)", "id.$": "$$.Execution.Name"}},
            {"Assign": {"v": 1, "w.$": "$"}, "ResultPath": "$.more"},
            {"ResultPath": None, "Result": 1},
            {"QueryLanguage": "JSONata", "Output": "{% $merge([$states.input, {'n': 4}]) %}"},
            {"InputPath": "$.nowhere"},
        ])}  # fmt: skip

    def _wait(self, after: list[str], depth: int) -> dict[str, Any]:
        return {"Type": "Wait", "Seconds": self.random.randrange(4)}

    def _task(self, after: list[str], depth: int) -> dict[str, Any]:
        task: dict[str, Any] = {"Type": "Task", "Resource": self.random.choice([FUNCTION, SEND])}
        if self.random.random() < 0.7:
            task["TimeoutSeconds"] = self.random.randrange(1, 5)
        return {**task, **self._errors(after)}

    def _errors(self, after: list[str]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if self.random.random() < 0.5:
            jitter = self.random.choice(["NONE", "FULL"])
            fields["Retry"] = [
                {"ErrorEquals": ["Boom"], "MaxAttempts": self.random.randrange(3), "JitterStrategy": jitter}
            ]
        if after and self.random.random() < 0.5:
            fields["Catch"] = [{"ErrorEquals": ["States.ALL"], "Next": self.random.choice(after), "ResultPath": "$.e"}]
        return fields

    def _choice(self, after: list[str], depth: int) -> dict[str, Any]:
        rules: list[dict[str, Any]] = [
            {"Variable": "$.n", "NumericLessThan": 4},
            {"And": [{"Variable": "$.text", "IsPresent": True}, {"Variable": "$.text", "StringMatches": "x*"}]},
            {"Not": {"Variable": "$.flag", "IsPresent": True}},
        ]
        chosen = [{**rule, "Next": self.random.choice(after)} for rule in self.random.sample(rules, 2)]
        default = {"Default": self.random.choice(after)} if self.random.random() < 0.8 else {}
        return {"Type": "Choice", "Choices": chosen, **default}

    def _fail(self, after: list[str], depth: int) -> dict[str, Any]:
        return {"Type": "Fail", "Error": "Boom"}

    def _succeed(self, after: list[str], depth: int) -> dict[str, Any]:
        return {"Type": "Succeed"}

    def _parallel(self, after: list[str], depth: int) -> dict[str, Any]:
        branches = [self.machine(depth + 1) for _ in range(self.random.randrange(1, 4))]
        return {"Type": "Parallel", "Branches": branches, "ResultPath": "$.both", **self._errors(after)}

    def _map(self, after: list[str], depth: int) -> dict[str, Any]:
        select = {**INPUT, "item.$": "$$.Map.Item.Value"}
        limit = self.random.randrange(3)
        common = {"MaxConcurrency": limit, "ResultPath": "$.all", "ItemSelector": select, **self._errors(after)}
        items = {"ItemsPath": self.random.choice(["$.list", "$.nested.a"])}
        return {"Type": "Map", "ItemProcessor": self.machine(depth + 1), **items, **common}

    def _spread(self, after: list[str], depth: int) -> dict[str, Any]:
        state = self._map(after, depth)
        settings = {"Mode": "DISTRIBUTED", "ExecutionType": self.random.choice(["STANDARD", "EXPRESS"])}
        state["ItemProcessor"]["ProcessorConfig"] = settings
        if self.random.random() < 0.3:
            del state["ItemsPath"]
            place = {"Bucket": "b", "Key": "k"}
            reader = {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}
            state["ItemReader"] = {
                "Resource": "arn:aws:states:::s3:getObject",
                "Parameters": place,
                "ReaderConfig": reader,
            }
        if self.random.random() < 0.5:
            state["ToleratedFailurePercentage"] = 50
        return state
