"""What a definition takes from data: paths, templates, intrinsic functions, expressions, variables."""

import pytest

from patterns.state_machine import check
from tests.patterns.definitions import jsonata, machine, maps, passes, problems, state, task


@pytest.mark.parametrize(
    "path",
    [
        "$", "$.a.b", "$.a-b", "$['a b']", '$["a"][0]', "$.a[-1]", "$.a[1:]", "$.a[:2].b", "$..name", "$.a[*].b",
        "$.a[0,1]", "$.a[?(@.n == 3)]", "$.a[?(@.n > 3 && @.m)]", "$[(@.length-1)]", "$.größe", "$$",
        "$$.Execution.Id",
        "$$.Map.Item.Value", "$order", "$order.lines[0]", "$.a.length()",
    ],
)  # fmt: skip
def test_a_path_in_the_services_dialect_is_taken(path: str):
    """Source: Developer Guide, "Using JSONPath paths"; the service follows Jayway JsonPath."""
    assert check(machine(A=passes(InputPath=path))) == []


@pytest.mark.parametrize(
    "path", ["a", "", "$.", "$.a[", "$.a]", "$.a[?(@.n ==]", "$.a b", "States.UUID()", 3, [], "x$.a"]
)
def test_what_is_not_a_path_is_refused(path: object):
    assert list(problems(machine(A=passes(OutputPath=path)))) == ["States.A.OutputPath"]


def test_input_and_output_may_be_thrown_away():
    """Source: step_functions facts, section 3: `null` gives `{}`, and a result path of `null` discards the result."""
    assert check(machine(A=passes(InputPath=None, OutputPath=None, ResultPath=None))) == []


@pytest.mark.parametrize("path", ["$.a[*]", "$..a", "$.a[0:1]", "$.a[?(@.b)]", "$.a[0,1]"])
@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("ResultPath", passes),
        ("ItemsPath", maps),
        ("TimeoutSecondsPath", task),
        ("SecondsPath", lambda **fields: state("Wait", **fields)),
    ],
)
def test_where_one_place_is_meant_a_path_that_may_find_several_is_refused(path: str, field: str, given):
    """Source: Amazon States Language specification, "Reference Paths": only names and indexes."""
    assert problems(machine(A=given(**{field: path})))[f"States.A.{field}"].endswith("may find more than one value")


@pytest.mark.parametrize("path", ["$$.Execution", "$order", "$order.x"])
def test_a_result_can_be_put_only_into_the_input(path: str):
    """Source: Amazon States Language specification, "ResultPath"; variables are set by Assign."""
    assert list(problems(machine(A=passes(ResultPath=path)))) == ["States.A.ResultPath"]


def test_a_name_that_ends_in_dollar_takes_a_path_a_variable_the_context_or_a_call():
    """Source: step_functions facts, section 3, step 2."""
    given = {"a.$": "$.x", "b.$": "$$.State.Name", "c.$": "$order.id", "d.$": "States.UUID()", "e": "$.literal"}
    assert check(machine(A=passes(Parameters={"deep": [given]}))) == []


@pytest.mark.parametrize("value", ["x", 3, None, {}, "{% 1 %}", "$.a["])
def test_a_name_that_ends_in_dollar_takes_nothing_else(value: object):
    wrong = machine(A=passes(Parameters={"list": [{"a.$": value}]}))
    assert list(problems(wrong)) == ["States.A.Parameters.list.0.a.$"]


def test_two_names_that_come_to_the_same_are_refused():
    """Source: Amazon States Language specification, "Payload Template": duplicates after `.$` is taken off."""
    twice = machine(A=passes(Parameters={"a": 1, "a.$": "$.a"}))
    assert problems(twice) == {"States.A.Parameters.a.$": "sets the same field as a beside it"}


def test_a_result_is_literal_whatever_its_names():
    """Source: step_functions facts, section 2: Result is a constant."""
    assert check(machine(A=passes(Result={"a.$": "no path"}))) == []


@pytest.mark.parametrize("field", ["Parameters", "ResultSelector"])
def test_a_template_is_an_object_or_an_array(field: str):
    assert list(problems(machine(A=task(**{field: "$.x"})))) == [f"States.A.{field}"]


@pytest.mark.parametrize(
    "call",
    [
        "States.Format('{} of {}', $.a, 3)", "States.Format('it\\'s \\{\\}')", "States.Array()",
        "States.Array(1, null, 'x')",
        "States.ArrayGetItem(States.StringSplit($$.Execution.Name, '-'), 0)", "States.MathAdd($.n, -1)",
        "States.JsonMerge($.a, $.b, false)", "States.MathRandom(1, 9)", "States.MathRandom(1, 9, $.seed)",
        "States.UUID()",
        "States.Hash($.a, 'SHA-256')", "States.ArrayContains($.a['x y'][0], true)", "States.Base64Encode( $name )",
    ],
)  # fmt: skip
def test_a_call_of_an_intrinsic_function_is_taken(call: str):
    """Source: step_functions facts, section 8."""
    assert check(machine(A=passes(Parameters={"x.$": call}))) == []


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("States.Formt('a')", "calls States.Formt, which does not exist. Did you mean Format?"),
        ("States.UUID(1)", "States.UUID has 1 arguments, but takes 0"),
        ("States.MathAdd(1)", "States.MathAdd has 1 arguments, but takes 2"),
        ("States.MathAdd(1, '1')", "argument 2 of States.MathAdd is text, but has to be a path or number"),
        ("States.Format(1)", "argument 1 of States.Format is number, but has to be a path or text"),
        ("States.Format('a'", "States.Format has no comma or closing bracket before the end"),
        ("States.Format('a' 'b')", "States.Format has no comma or closing bracket before \"'b')\""),
        ("States.UUID() x", 'has "x" after the call\'s closing bracket'),
        ("States.Array($.a[)", 'States.Array has no comma or closing bracket before "[)"'),
        ("States.Array(x)", "States.Array can't take \"x)\": an argument is a path, 'text', a number or a call"),
    ],
)
def test_a_wrong_call_is_refused_with_what_is_wrong(call: str, said: str):
    assert problems(machine(A=passes(Parameters={"x.$": call}))) == {"States.A.Parameters.x.$": said}


def test_calls_are_nested_at_most_ten_deep():
    """Source: step_functions facts, section 8: at most 10 nested."""
    ten = "States.Array(" * 10 + ")" * 10
    assert check(machine(A=passes(Parameters={"x.$": ten}))) == []
    eleven = f"States.Array({ten})"
    assert problems(machine(A=passes(Parameters={"x.$": eleven}))) == {
        "States.A.Parameters.x.$": "has more than 10 functions inside each other"
    }


@pytest.mark.parametrize(
    "expression",
    [
        "$states.input.a", "$sum($states.input.n)", "1 + 2", "$order.lines[price > 3].{'id': id}", "$not(true)",
        "($x := 1; $x + 1)", "$map([1,2], function($v) { $v * 2 })", "$contains('a', /a+/i)", "a ~> $uppercase()",
        "$partition([1,2,3], 2)", "x ? 1 : 2", "and", "$states.input.`a b`",
    ],
)  # fmt: skip
def test_an_expression_of_jsonata_is_taken(expression: str):
    """Source: JSONata documentation; Developer Guide, "JSONata functions provided by Step Functions"."""
    assert check(jsonata(A=passes(Output=[{"x": f"{{% {expression} %}}"}]))) == []


@pytest.mark.parametrize("expression", ["$sum($states.input", "420.", "1 +", "", "'a", "a b", "[1, 2", "(" * 200])
def test_what_is_no_expression_is_refused(expression: str):
    found = problems(jsonata(A=passes(Output={"deep": [f"{{% {expression} %}}"]})))
    assert list(found) == ["States.A.Output.deep.0"]
    assert found["States.A.Output.deep.0"].startswith("is not JSONata: ")


@pytest.mark.parametrize("text", ["{% $x", "$x %}", " {% $x %}", "{% $x %} "])
def test_an_expression_opens_and_closes_at_the_very_ends_of_its_text(text: str):
    """Source: Developer Guide, "Transforming data with JSONata": no spaces around the delimiters."""
    assert list(problems(jsonata(A=passes(Output=text)))) == ["States.A.Output"]


def test_text_that_merely_holds_the_delimiters_is_text():
    assert check(jsonata(A=passes(Output="100 {% a %} b"))) == []


def test_mistakes_of_before_do_not_change_what_is_right_afterwards():
    """The parser is kept between expressions; what a broken one leaves behind must not reach the next."""
    wrong, right = "{% a.(%.b %}", "{% a.{'x': %.y} %}"
    alone = [problem.problem for problem in check(jsonata(A=passes(Output=right)))]
    after = [problem.problem for problem in check(jsonata(A=passes(Output=[wrong, right])))]
    assert after[1:] == alone


@pytest.mark.parametrize("name", ["x", "größe", "_a1", "n" * 80])
def test_a_variable_is_named_by_an_identifier(name: str):
    """Source: step_functions facts, section 3, "Variables"."""
    assert check(machine(A=passes(Assign={name: 1}))) == []
    assert check(machine(A=passes(Assign={f"{name}.$": "$.a"}))) == []


@pytest.mark.parametrize("name", ["", "a b", "1a", "a-b", "a.b", "$a", "n" * 81, "states"])
def test_other_names_of_variables_are_refused(name: str):
    """Source: step_functions facts, section 3: at most 80 characters, `states` is reserved."""
    assert list(problems(machine(A=passes(Assign={name: 1})))) == [f"States.A.Assign.{name}"]


def test_what_is_assigned_is_checked_like_any_template():
    assert list(problems(machine(A=passes(Assign={"a.$": "x"})))) == ["States.A.Assign.a.$"]
    assert list(problems(jsonata(A=passes(Assign={"a": "{% ( %}"})))) == ["States.A.Assign.a"]
    assert list(problems(machine(A=passes(Assign=[])))) == ["States.A.Assign"]


def test_a_machine_inside_reads_the_variables_around_it_but_can_not_assign_them():
    """Source: step_functions facts, section 3 and invariant 10: inner assignments never leak out."""
    inside = maps(processor=machine(B=passes(Assign={"total.$": "$total", "own": 1})))
    outer = machine(A=passes(Assign={"total": 0}, Next="M"), M=inside)
    assert list(problems(outer)) == ["States.M.ItemProcessor.States.B.Assign.total.$"]


def test_children_of_a_distributed_map_have_variables_of_their_own():
    """Source: step_functions facts, section 3: outer variables are not visible there."""
    config = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    inside = maps(processor={**machine(B=passes(Assign={"total": 1})), **config})
    assert check(machine(A=passes(Assign={"total": 0}, Next="M"), M=inside)) == []
