"""The shape of a definition: its fields, by type of state and query language, and whether its states hang together."""

import pytest

from patterns.state_machine import check
from tests.patterns.definitions import jsonata, machine, maps, passes, problems, state, task


def test_a_definition_that_the_service_takes_has_no_problems():
    """Source: Amazon States Language specification, "Example: Hello World"."""
    hello = machine(Hello=task(Next="Bye", Comment="calls"), Bye=state("Succeed"))
    assert check({**hello, "Comment": "c", "Version": "1.0", "TimeoutSeconds": 60}) == []


def test_all_problems_are_listed_at_once_each_with_its_place_and_its_cure():
    found = check({"StartAt": "A", "States": {"A": {"Type": "Pass", "ResultPath": "x"}, "B": {"Type": "Wait"}}})
    assert [problem.path for problem in found] == [
        "States.A.ResultPath",
        "States.A",
        "States.B",
        "States.B",
        "States.B",
    ]
    assert all(problem.cure for problem in found)


@pytest.mark.parametrize("missing", ["StartAt", "States"])
def test_a_machine_has_a_start_and_states(missing: str):
    """Source: Amazon States Language specification, "Top-level fields"."""
    given = machine(A=passes())
    del given[missing]
    assert problems(given) == {"": f"has no {missing}"}


def test_a_machine_without_any_state_is_refused():
    assert problems({"StartAt": "A", "States": {}}) == {"States": "is empty"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("Version", "2.0"), ("TimeoutSeconds", 0), ("TimeoutSeconds", "60"), ("QueryLanguage", "XPath"), ("Comment", 3)],
)
def test_a_top_level_field_out_of_range_is_refused(field: str, value: object):
    assert list(problems({**machine(A=passes()), field: value})) == [field]


def test_a_field_that_a_machine_does_not_have_is_refused_with_the_one_that_was_meant():
    [problem] = check({**machine(A=passes()), "Coment": "x"})
    assert (problem.path, problem.cure) == ("Coment", "Did you mean Comment?")


@pytest.mark.parametrize(
    "given",
    [
        state("Choice", Choices=[], ResultPath="$.x"),
        state("Fail", InputPath="$"),
        state("Succeed", ResultPath="$.x"),
        state("Wait", Seconds=1, Parameters={}),
        passes(ResultSelector={}),
        passes(Retry=[]),
        state("Succeed", Next="A"),
        state("Fail", End=True),
        state("Choice", Choices=[], End=True),
        task(Choices=[]),
        passes(Resource="arn:aws:states:::lambda:invoke"),
    ],
)
def test_a_field_of_another_type_of_state_is_refused(given: dict[str, object]):
    """Source: step_functions facts, section 2, "Fields per state"."""
    assert any(said.startswith("is not a field of a ") for said in problems(machine(A=given)).values())


@pytest.mark.parametrize(
    "field",
    [
        "InputPath",
        "OutputPath",
        "Parameters",
        "ResultSelector",
        "ResultPath",
        "TimeoutSecondsPath",
        "HeartbeatSecondsPath",
    ],
)
def test_a_state_in_jsonata_has_no_fields_of_jsonpath(field: str):
    """Source: Developer Guide, "Transforming data with JSONata": five fields become two."""
    found = problems(jsonata(A=task(**{field: "$.x"})))
    assert found == {f"States.A.{field}": "is for JSONPath, and this state uses JSONata"}


@pytest.mark.parametrize("given", [task(Arguments={}), passes(Output={}), maps(Items=[])])
def test_a_state_in_jsonpath_has_no_fields_of_jsonata(given: dict[str, object]):
    [said] = problems(machine(A=given)).values()
    assert said == "is for JSONata, and this state uses JSONPath"


def test_single_states_of_a_jsonpath_machine_may_use_jsonata():
    """Source: Developer Guide, "Transforming data with JSONata": gradual conversion of workflows."""
    assert (
        check(machine(A=passes(QueryLanguage="JSONata", Output="{% 1 %}", Next="B"), B=passes(InputPath="$.x"))) == []
    )


def test_no_state_of_a_jsonata_machine_can_go_back_to_jsonpath():
    """Source: recorded from ValidateStateMachineDefinition, "can not be 'JSONPath' if set to 'JSONata'"."""
    inside = maps(processor=machine(B=passes(QueryLanguage="JSONPath", InputPath="$")), Items=[])
    assert list(problems(jsonata(A=inside))) == ["States.A.ItemProcessor.States.B.QueryLanguage"]


@pytest.mark.parametrize("kind", ["pass", "Loop", "", None, 3])
def test_a_type_that_does_not_exist_is_refused(kind: object):
    assert list(problems(machine(A={"Type": kind, "End": True}))) == ["States.A.Type"]


def test_a_state_says_how_it_goes_on_exactly_once():
    """Source: Amazon States Language specification, "Transitions"."""
    assert problems(machine(A={"Type": "Pass"})) == {"States.A": "has neither Next nor End"}
    both = machine(A=passes(Next="B", End=True), B=passes())
    assert problems(both) == {"States.A": "has both Next and End"}
    assert list(problems(machine(A=passes(End="yes")))) == ["States.A.End"]
    assert problems(machine(A=passes(End=False))) == {"States.A": "has neither Next nor End"}


def test_a_transition_to_a_state_that_is_not_there_names_the_nearest():
    [problem] = check(machine(A=passes(Next="Shipp"), Ship=passes()))[1:]
    assert (problem.path, problem.problem, problem.cure) == (
        "States.A.Next",
        '"Shipp" is not a state here',
        "Did you mean Ship?",
    )


def test_a_transition_can_not_leave_its_machine_nor_enter_another():
    """Source: Amazon States Language specification, "Parallel State": no transition into or out of a branch."""
    out = machine(A=maps(processor=machine(B=passes(Next="C")), Next="C"), C=passes())
    assert problems(out) == {
        "States.A.ItemProcessor.States.B.Next": '"C" stands in another machine, at States.C',
    }
    into = machine(A=maps(Next="Item"))
    assert problems(into) == {
        "States.A.Next": '"Item" stands in another machine, at States.A.ItemProcessor.States.Item'
    }


def test_a_start_that_is_not_there_is_refused():
    assert problems({"StartAt": "a", "States": {"A": passes()}}) == {"StartAt": '"a" is not a state here'}


def test_a_state_that_no_transition_leads_to_is_named():
    """Source: ValidateStateMachineDefinition, MISSING_TRANSITION_TARGET, "is not reachable"."""
    island = machine(A=passes(), B=passes(Next="C"), C=passes(Next="B"))
    assert list(problems(island)) == ["States.B", "States.C"]


def test_default_choices_and_catchers_lead_to_states_too():
    rule = {"Variable": "$.a", "IsNull": True, "Next": "C"}
    assert (
        check(
            machine(
                A=task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "B"}]),
                B=state("Choice", Choices=[rule], Default="D"),
                C=passes(),
                D=passes(),
            )
        )
        == []
    )


def test_a_machine_that_only_goes_in_circles_is_refused():
    """Source: Amazon States Language specification: a machine must have a terminal state."""
    circle = machine(A=passes(Next="B"), B=passes(Next="A"))
    assert problems(circle) == {"States": "never ends: no state has End, and none is a Succeed or Fail state"}


def test_names_are_unique_in_the_whole_definition():
    """Source: step_functions facts, section 1: state names are unique in the whole machine."""
    twice = machine(A=maps(processor=machine(B=passes()), Next="B"), B=passes())
    assert problems(twice) == {"States.B": "has the name of the state at States.A.ItemProcessor.States.B"}


def test_a_name_has_at_most_80_characters():
    """Source: step_functions facts, section 1."""
    assert check(machine(**{"n" * 80: passes()})) == []
    assert problems(machine(**{"n" * 81: passes()})) == {f"States.{'n' * 81}": "has a name of 81 characters"}
    assert list(problems(machine(**{"": passes()}))) == ["States."]
