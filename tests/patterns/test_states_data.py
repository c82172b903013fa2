"""What states do to their data. Sections and invariants (1 to 3, 10, 11, 15) are those of Step Functions' facts."""

import pytest

from patterns.state_machine import InvalidDefinition, Machine
from tests.patterns.machines import assert_well_formed, chain, kinds, passes, ran, states, task


def test_the_fields_of_a_jsonpath_state_apply_in_their_order():
    """Source: Amazon States Language specification, "Input and Output Processing"."""
    work = task(
        InputPath="$.order",
        Parameters={"id.$": "$.id", "kept": "$.id"},
        ResultSelector={"price.$": "$.total"},
        ResultPath="$.answer",
        OutputPath="$.answer.price",
    )
    run = ran(chain(Work=work), {"order": {"id": 7}}, tasks=[{"state": "Work", "ok": {"total": 12, "tax": 2}}])
    scheduled = next(event for event in run.events if event.type == "LambdaFunctionScheduled")
    assert scheduled.details["input"] == '{"id":7,"kept":"$.id"}'
    assert run.output == 12


@pytest.mark.parametrize(
    ("path", "output"),
    [
        ("$", {"new": 1}),
        (None, {"a": 0, "b": [1]}),
        ("$.a", {"a": {"new": 1}, "b": [1]}),
        ("$.c.d", {"a": 0, "b": [1], "c": {"d": {"new": 1}}}),
        ("$.b[0]", {"a": 0, "b": [{"new": 1}]}),
    ],
)
def test_a_result_path_changes_only_its_place(path, output):
    """Invariant 3: null leaves the input, `$.a` changes only a, the default replaces."""
    given = {"a": 0, "b": [1]}
    run = ran(chain(Put=passes(Result={"new": 1}, ResultPath=path)), given)
    assert run.output == output
    assert given == {"a": 0, "b": [1]}


def test_a_result_path_that_does_not_fit_is_an_error_by_its_name():
    """Source: Amazon States Language specification, "Errors", States.ResultPathMatchFailure."""
    run = ran(chain(Put=passes(Result=1, ResultPath="$.a.b")), {"a": "text"})
    assert (run.status, run.error) == ("FAILED", "States.ResultPathMatchFailure")


@pytest.mark.parametrize("field", ["InputPath", "OutputPath"])
def test_a_null_path_gives_an_empty_object(field):
    """Source: Developer Guide, "InputPath" and "OutputPath"."""
    assert ran(chain(A=passes(**{field: None})), {"a": 1}).output == {}


def test_a_path_that_leads_nowhere_ends_the_execution_and_says_where():
    """Section 3, recorded on the service."""
    run = ran(chain(A=passes(OutputPath="$.no")), {"a": 1})
    assert run.error == "States.Runtime"
    assert run.cause == (
        "An error occurred while executing the state 'A' (entered at the event id #2). "
        "Invalid path '$.no' : No results for path: $['no']"
    )


def test_a_path_in_parameters_that_leads_nowhere_names_its_field():
    """Section 3, recorded on the service."""
    run = ran(chain(A=passes(Parameters={"in": {"b.$": "$.no"}})), {"a": 1})
    assert run.error == "States.Runtime"
    assert "The JSONPath '$.no' specified for the field 'b.$' could not be found in the input '{\"a\":1}'" in run.cause


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$.items[1].n", 2),
        ("$['items'][-1]['n']", 3),
        ("$.items[(@.length-1)].n", 3),
        ("$.items[*].n", [1, 2, 3]),
        ("$.items[1:].n", [2, 3]),
        ("$.items[?(@.n > 1)].n", [2, 3]),
        ("$..n", [1, 2, 3]),
        ("$.items[0,2].n", [1, 3]),
        ("$.no[*].n", []),
        ("$.a-b", "dash"),
        ("$.items.length()", 3),
        ("$.items[*].n.sum()", 6),
        ("$.items[*].n.avg()", 2),
        ("$.items[0].keys()", ["n"]),
        ("$.items.first()", {"n": 1}),
        ("$.a-b.length()", 4),
    ],
)
def test_paths_find_one_place_or_many(path, found):
    """Source: Developer Guide, "Paths"; recorded on the service: a wildcard below something missing finds []."""
    given = {"items": [{"n": 1}, {"n": 2}, {"n": 3}], "a-b": "dash"}
    assert ran(chain(A=passes(Parameters={"found.$": path})), given).output == {"found": found}


def test_a_path_that_looks_at_too_much_is_given_up():
    """Issue: expressions that run away are bounded. Each place below each place, again and again."""
    given: list = [0] * 5_000
    for _ in range(40):
        given = [given]
    run = ran(chain(A=passes(Parameters={"found.$": "$..*..*..*"})), given)
    assert (run.status, run.error) == ("FAILED", "States.Runtime")
    assert "100,000 places" in run.cause


def test_the_output_of_a_state_is_the_input_of_the_next():
    """Invariants 1 and 2."""
    run = ran(chain(A=passes(Result={"x": [1, 2.5, "é", None]}), B=passes(ResultPath="$.y"), C=passes()), {"y": 0})
    exits = [event.details["output"] for event in run.events if event.type.endswith("Exited")]
    entries = [event.details["input"] for event in run.events if event.type.endswith("StateEntered")]
    assert entries[1:] == exits[:-1]
    assert run.events[-1].details["output"] == exits[-1]
    assert_well_formed(run)
    assert run.events[1].previous == 0  # section 10: the first state that is entered


def test_the_context_object_tells_of_the_execution_and_the_state():
    """Section 3: Execution, StateMachine, State."""
    run = ran(chain(Look=passes(Parameters={"c.$": "$$"})), {"a": 1})
    context = run.output["c"]
    assert context["Execution"]["Input"] == {"a": 1}
    assert context["Execution"]["Id"].endswith(f":{context['Execution']['Name']}")
    assert context["State"] == {"Name": "Look", "EnteredTime": "2026-01-05T00:00:00.000Z"}
    assert "Map" not in context and "Task" not in context


def test_variables_are_visible_from_the_next_state_on():
    """Invariant 10, and section 3: Assign reads the old values."""
    run = ran(
        chain(
            A=passes(Assign={"n": 1}),
            B=passes(Assign={"n": 2, "old.$": "$n"}, Parameters={"seen.$": "$n"}),
            C=passes(Parameters={"n.$": "$n", "old.$": "$old"}),
        )
    )
    second = next(event for event in run.events if event.type == "PassStateExited" and event.state == "B")
    assert second.details["output"] == '{"seen":1}'
    assert second.details["assignedVariables"] == {"n": "2", "old": "1"}
    assert run.output == {"n": 2, "old": 1}


def test_what_is_assigned_inside_does_not_leak_out_and_outer_variables_are_seen():
    """Invariant 10."""
    inside = chain(In=passes(Assign={"mine": 1}, Parameters={"outer.$": "$outer"}), Then=passes())
    run = ran(
        chain(
            A=passes(Assign={"outer": 5}),
            Both={"Type": "Parallel", "Branches": [inside]},
            After=passes(Parameters={"leaked.$": "$mine"}),
        )
    )
    assert run.error == "States.Runtime"
    joined = next(event for event in run.events if event.type == "ParallelStateExited")
    assert joined.value == [{"outer": 5}]


def test_variables_may_not_be_larger_than_a_payload():
    """Section 3: 256 KiB for each Assign."""
    run = ran(chain("JSONata", A=passes(Assign={"big": "{% $pad('', 262145, 'x') %}"})))
    assert run.error == "States.DataLimitExceeded"


def test_a_choice_goes_where_the_first_rule_that_holds_leads():
    """Section 4."""
    rules = [
        {"Variable": "$.n", "NumericGreaterThan": 5, "Next": "Big"},
        {"Variable": "$.n", "NumericGreaterThan": 1, "Next": "Small"},
    ]
    machine = {
        "StartAt": "Ask",
        "States": {
            "Ask": {"Type": "Choice", "Choices": rules, "Default": "None"},
            **{name: passes(End=True) for name in ("Big", "Small", "None")},
        },
    }
    assert [states(ran(machine, {"n": n}))[-1] for n in (9, 3, 0)] == ["Big", "Small", "None"]


@pytest.mark.parametrize("language", ["JSONPath", "JSONata"])
def test_a_choice_without_match_and_default_fails(language):
    """Invariant 15."""
    rule = {"Variable": "$.n", "NumericEquals": 1} if language == "JSONPath" else {"Condition": "{% false %}"}
    run = ran(chain(language, Ask={"Type": "Choice", "Choices": [{**rule, "Next": "Ask"}]}), {"n": 2})
    assert (run.status, run.error) == ("FAILED", "States.NoChoiceMatched")
    assert kinds(run) == ["ExecutionStarted", "ChoiceStateEntered", "ExecutionFailed"]


def test_a_choice_assigns_by_rule_or_by_default():
    """Section 2: Assign per rule and for Default."""
    ask = {
        "Type": "Choice",
        "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "End", "Assign": {"who": "rule"}}],
        "Default": "End",
        "Assign": {"who": "default"},
    }
    machine = chain(Ask=ask, End=passes(Parameters={"who.$": "$who"}))
    assert [ran(machine, {"n": n}).output["who"] for n in (1, 2)] == ["rule", "default"]


@pytest.mark.parametrize(
    ("rule", "value", "holds"),
    [
        ({"StringEquals": "a"}, "a", True),
        ({"StringLessThan": "b"}, "a", True),
        ({"StringGreaterThanEquals": "b"}, "a", False),
        ({"StringMatches": "log-*.txt"}, "log-1.txt", True),
        ({"StringMatches": "log-*.txt"}, "log-1.csv", False),
        ({"StringMatches": r"a\*b"}, "a*b", True),
        ({"StringMatches": r"a\*b"}, "axb", False),
        ({"StringMatches": "*a*a"}, "a", False),
        ({"NumericEquals": 1}, 1.0, True),
        ({"NumericEquals": 1}, "1", False),
        ({"NumericEquals": 1}, True, False),
        ({"NumericLessThanEquals": 1}, 1, True),
        ({"BooleanEquals": False}, False, True),
        ({"BooleanEquals": False}, 0, False),
        ({"TimestampEquals": "2024-01-01T00:00:00Z"}, "2024-01-01T01:00:00+01:00", True),
        ({"TimestampLessThan": "2024-01-01T00:00:00Z"}, "2023-12-31T23:59:59.999Z", True),
        ({"TimestampLessThan": "2024-01-01T00:00:00Z"}, "2023-12-31", False),
        ({"IsNull": True}, None, True),
        ({"IsString": False}, 1, True),
        ({"IsNumeric": True}, True, False),
        ({"IsTimestamp": True}, "2024-01-01T00:00:00", False),
        ({"IsPresent": True}, None, True),
    ],
)
def test_a_comparison_holds_only_for_its_type(rule, value, holds):
    """Section 4: a type mismatch is false."""
    ask = {"Type": "Choice", "Choices": [{"Variable": "$.v", **rule, "Next": "Yes"}], "Default": "No"}
    run = ran(chain(Ask=ask, Yes=passes(End=True), No=passes()), {"v": value})
    assert states(run)[-1] == ("Yes" if holds else "No")


def test_only_is_present_takes_a_variable_that_is_not_there():
    """Section 4."""

    def asked(rule):
        return chain(
            Ask={"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], "Default": "No"},
            Yes=passes(End=True),
            No=passes(),
        )

    assert states(ran(asked({"Variable": "$.v", "IsPresent": False})))[-1] == "Yes"
    assert ran(asked({"Variable": "$.v", "IsNull": False})).error == "States.Runtime"
    both = {"And": [{"Variable": "$.v", "IsPresent": True}, {"Not": {"Variable": "$.v", "IsNull": True}}]}
    assert states(ran(asked(both)))[-1] == "No"
    assert states(ran(asked({"Or": [both, {"Variable": "$", "IsPresent": True}]})))[-1] == "Yes"


def test_a_wait_lasts_as_long_as_it_says():
    """Invariant 11."""
    run = ran(chain(A={"Type": "Wait", "Seconds": 90}, B=passes()))
    assert [event.time for event in run.events] == [0, 0, *[90_000_000] * 4]
    until = ran(chain(A={"Type": "Wait", "TimestampPath": "$.at"}), {"at": "2026-01-05T00:01:00+00:00"})
    assert until.events[-1].time == 60_000_000
    past = ran(chain(A={"Type": "Wait", "Timestamp": "2016-03-05T21:29:29Z"}))
    assert past.events[-1].time == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "The SecondsPath parameter does not reference an input value: $.s"),
        ({"s": "soon"}, "The SecondsPath parameter cannot be parsed as a long value: $.s == soon"),
        ({"s": 1.5}, "The SecondsPath parameter cannot be parsed as a long value: $.s == 1.5"),
        ({"s": -1}, "The SecondsPath parameter references a negative value: $.s == -1"),
    ],
)
def test_a_wait_of_no_length_says_what_it_found(given, said):
    """Section 5, recorded on the service."""
    run = ran(chain(A={"Type": "Wait", "SecondsPath": "$.s"}), given)
    assert run.error == "States.Runtime" and run.cause.endswith(said)


def test_a_fail_state_says_what_it_is_told_to_say():
    """Section 2: Error, Cause, ErrorPath, CausePath, with intrinsic functions."""
    run = ran(
        chain(F={"Type": "Fail", "ErrorPath": "$.e", "CausePath": "States.Format('because {}', $.c)"}),
        {"e": "E", "c": 1},
    )
    assert (run.status, run.error, run.cause) == ("FAILED", "E", "because 1")
    assert kinds(run) == ["ExecutionStarted", "FailStateEntered", "ExecutionFailed"]
    assert ran(chain(F={"Type": "Fail"})).error is None


@pytest.mark.parametrize(
    ("definition", "path"),
    [
        ("{", ""),
        ("[]", ""),
        ({"StartAt": "A"}, "States"),
        ({"StartAt": "B", "States": {"A": passes(End=True)}}, "StartAt"),
        (chain(A={"Type": "Pas"}), "States.A.Type"),
        (chain(A=passes(ResultPath="$.a[*]")), "States.A.ResultPath"),
        (chain(A=passes(Parameters={"a": {"b.$": "States.Nope()"}})), "States.A.Parameters.a.b.$"),
        (chain("JSONata", A=passes(Output={"a": "{% ( %}"})), "States.A.Output.a"),
    ],
)
def test_a_definition_that_cannot_be_run_says_where(definition, path):
    with pytest.raises(InvalidDefinition) as raised:
        Machine(definition)
    assert raised.value.path == path


def test_a_next_that_names_no_state_ends_the_execution():
    run = ran({"StartAt": "A", "States": {"A": passes(Next="Nowhere")}})
    assert run.error == "States.Runtime" and "Nowhere" in run.cause


@pytest.mark.parametrize("inside", ["count($..*) > 1", "@.*", "@.a =~ /(a+)+$/", "length(@.a) > 1"])
def test_a_filter_that_could_run_away_is_refused(inside):
    """Issue: expressions that run away are bounded."""
    with pytest.raises(InvalidDefinition):
        Machine(chain(A=passes(Parameters={"found.$": f"$.rows[?({inside})]"})))


@pytest.mark.parametrize(
    ("inside", "given"),
    [
        ("@ =~ /.*a.*b/", ["a" * 100_000]),
        ("@ in $.m", {"l": [1] * 5_000, "m": [0] * 5_000}),
        ("$.m contains @", {"l": [1] * 5_000, "m": [0] * 5_000}),
    ],
)
def test_a_filter_that_takes_long_for_each_place_is_given_up(inside, given):
    """Issue: expressions that run away are bounded."""
    run = ran(chain(A=passes(Parameters={"found.$": f"$..[?({inside})]"})), given)
    assert (run.status, run.error) == ("FAILED", "States.Runtime")


def test_a_function_of_a_path_needs_values_to_work_on():
    run = ran(chain(A=passes(InputPath="$.l.max()")), {"l": []})
    assert run.error == "States.Runtime" and "empty array" in run.cause


def test_a_filter_may_match_a_regular_expression():
    run = ran(chain(A=passes(Parameters={"found.$": "$[?(@.a =~ /^b.*/)].a"})), [{"a": "bc"}, {"a": "cb"}, {"a": "b*"}])
    assert run.output == {"found": ["bc", "b*"]}
