"""Whatever is given as a definition, a check answers with problems: broken, huge, deep, mutated, or no JSON at all."""

import json
import random
from copy import deepcopy
from typing import Any

import pytest

from patterns.state_machine import check
from patterns.state_machine.checking.reading import DEEPEST, MOST_CHARACTERS
from patterns.state_machine.checking.report import MOST_PROBLEMS
from tests.patterns.definitions import DISTRIBUTED, jsonata, machine, maps, passes, problems, state, task


def test_text_and_object_are_the_same_definition():
    for given in (machine(A=passes()), machine(A=passes(InputPath="x"))):
        assert check(json.dumps(given)) == check(given)


@pytest.mark.parametrize(
    ("text", "where", "cure"),
    [
        ('{\n  "StartAt": "A",\n}', "line 3, column 1", "Remove the comma before the closing bracket."),
        ("{'StartAt': 'A'}", "line 1, column 2", "Use double quotes."),
        ('{"StartAt": "A"\n "States": {}}', "line 2, column 2", "Add the comma or colon that is missing before this."),
        ('{\n// start\n"StartAt": "A"}', "line 2, column 1", "JSON has no comments; use the field Comment."),
        ('{"StartAt": "A"', "line 1, column 16", "The text ends too early: close every bracket and quote."),
        ('{"StartAt": A}', "line 1, column 13", "Correct it there."),
    ],
)
def test_broken_json_is_a_problem_with_line_column_and_cure(text: str, where: str, cure: str):
    [problem] = check(text)
    assert where in problem.problem
    assert problem.cure == cure


def test_a_field_that_stands_twice_is_a_problem_wherever_it_is():
    """Source: RFC 8259, section 4; a parser keeps the last one and says nothing."""
    text = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}, "A": {"Type": "Succeed", "Comment": 1}}}'
    assert problems(text) == {"States.A": "stands more than once", "States.A.Comment": "is 1"}


@pytest.mark.parametrize("text", ["", "  \n", "null", "3", "[]", '"x"', "true", "NaN", '{"a": Infinity}', "1" * 5000])
def test_text_that_holds_no_object_is_a_problem(text: str):
    assert len(check(text)) == 1


@pytest.mark.parametrize("value", [None, 3, b"{}", {1: 2}, {"a": {1}}, object(), [], float("nan"), ("a",)])
def test_values_that_are_no_definition_are_problems(value: Any):
    assert len(check(value)) == 1


def test_half_a_character_is_a_problem_that_can_be_sent():
    found = check('{"StartAt": "\\ud800", "States": {}}')
    assert [str(problem).encode() for problem in found]


def test_a_definition_has_at_most_a_mebibyte():
    """Source: CreateStateMachine, `definition`: at most 1,048,576 characters."""
    given = json.dumps(machine(A=passes(Comment="")))
    fitting = given.replace('"Comment": ""', f'"Comment": "{"c" * (MOST_CHARACTERS - len(given))}"')
    assert len(fitting) == MOST_CHARACTERS
    assert check(fitting) == []
    assert problems(fitting + " ") == {"": "has 1,048,577 characters"}
    assert problems(machine(A=passes(Comment="c" * MOST_CHARACTERS))) == {"": "has more than 1,048,576 characters"}


def test_deep_nesting_is_a_problem_in_text_and_in_values():
    nested: Any = 1
    for _ in range(DEEPEST + 5):
        nested = [nested]
    ring: list[Any] = []
    ring.append(ring)
    for given in (machine(A=passes(Result=nested)), ring, "[" * 100_000, '{"a":' * 3000):
        [problem] = check(given)
        assert problem.problem == f"is nested in more than {DEEPEST} objects and arrays"


def test_maps_inside_maps_are_checked_as_deep_as_they_go():
    inner = machine(Last=passes(InputPath="x"))
    for number in range(20):
        inner = machine(**{f"M{number}": state("Map", ItemProcessor=inner)})
    assert [problem.problem for problem in check(inner)] == ['"x" does not begin with $']


def test_a_list_of_problems_ends_somewhere_and_says_so():
    many = machine(**{f"S{number}": {"Type": "x"} for number in range(MOST_PROBLEMS + 50)})
    found = check(many)
    assert len(found) == MOST_PROBLEMS + 1
    assert found[-1].problem == "has more problems than are listed here"


def test_no_mutation_of_a_definition_makes_a_check_raise():
    """Any text in an editor is half a definition most of the time. The seed is in the failure's message."""
    seed = 20261125
    chance = random.Random(seed)
    for number in range(1500):
        given = _mutated(deepcopy(chance.choice(_WHOLE)), chance)
        text = _scratched(json.dumps(given), chance)
        try:
            found = check(given, type=chance.choice(["STANDARD", "EXPRESS"])) + check(text)
            "".join(map(str, found)).encode()
        except Exception as error:
            raise AssertionError(f"seed {seed}, definition {number}: {text}") from error


def _mutated(given: Any, chance: random.Random) -> Any:
    for _ in range(chance.randint(1, 5)):
        places = list(_places(given))
        if not places:
            break
        holder, key = chance.choice(places)
        other, other_key = chance.choice(places)
        what = chance.random()
        if what < 0.4:
            holder[key] = deepcopy(chance.choice(_ODD))
        elif what < 0.6:
            del holder[key]
        elif what < 0.8:
            holder[key] = deepcopy(other[other_key])
        elif isinstance(holder, dict):
            holder[str(chance.choice(places)[1])] = deepcopy(chance.choice(_ODD))
    return given


def _places(given: Any) -> Any:
    """(holder, key) of everything inside."""
    for key, value in given.items() if isinstance(given, dict) else enumerate(given) if isinstance(given, list) else ():
        yield given, key
        yield from _places(value)


def _scratched(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(0, 3)):
        place = chance.randrange(len(text) + 1)
        text = text[:place] + chance.choice(["", "{", '"', ",", "]", "\\", "\0", "{%", ".$"]) + text[place + 1 :]
    return text


_ODD: list[Any] = [
    None, True, 0, -1, 1.5, 1e400, 10**30, "", "$", "$$", "$.a[", "$x y", "{% $a %}", "{% (", "%}", "States.Format(",
    "States.ALL", "States.Nothing", "\ud800", "$.a[?(@.x", "${", "JSONata", "JSONPath", "Choice", "Map",
    "Parallel", "INLINE",
    "arn:aws:states:::aws-sdk:", "arn:aws:lambda:::function:", [], {}, [[]], {"a": {}}, ["States.ALL", 1],
    {"Fn::X": 1},
]  # fmt: skip
_WHOLE = [
    machine(
        A=task(
            Parameters={"a.$": "States.Format('{}', $.b)", "c": ["$.d"]},
            Retry=[{"ErrorEquals": ["x"], "MaxAttempts": 2}],
            Catch=[{"ErrorEquals": ["States.ALL"], "Next": "B", "ResultPath": "$.e"}],
            TimeoutSeconds=9,
            Next="B",
        ),
        B=state(
            "Choice",
            Choices=[
                {
                    "And": [{"Variable": "$.a", "IsNull": True}, {"Not": {"Variable": "$.n", "NumericEquals": 1}}],
                    "Next": "C",
                }
            ],
            Default="D",
        ),
        C=state("Parallel", Branches=[machine(E=state("Wait", Seconds=3)), machine(F=state("Fail", Error="x"))]),
        D=maps(
            processor=DISTRIBUTED,
            ItemReader={"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "CSV"}},
        ),
    ),
    jsonata(
        A=task(Arguments={"a": "{% $states.input.b & 'c' %}"}, Assign={"v": "{% $states.result %}"}, Next="B"),
        B=state("Choice", Choices=[{"Condition": "{% $v > 3 %}", "Next": "C"}], Default="C", Output="{% $v %}"),
        C=maps(Items="{% [1, 2] %}", ItemSelector={"x": "{% $v %}"}, MaxConcurrency="{% 2 %}"),
    ),
]
