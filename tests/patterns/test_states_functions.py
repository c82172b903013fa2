"""Intrinsic functions and JSONata, and what keeps them from running away. Sections are those of the facts."""

from typing import Any

import pytest

from patterns.state_machine import InvalidDefinition, Machine
from tests.patterns.machines import chain, kinds, passes, ran

GIVEN = {
    "a": [1, 2, 2, 3],
    "o": {"x": 1, "l": []},
    "s": "a,b;c",
    "n": None,
    "half": 1.5,
    "huge": 10**400,
    "half_a_letter": "\ud83d",
}


def called(call: str, given: Any = None, **options: Any) -> Any:
    return ran(chain(A=passes(Parameters={"r.$": call})), GIVEN if given is None else given, **options)


def asked(expression: str, given: Any = None, **options: Any) -> Any:
    return ran(chain("JSONata", A=passes(Output=f"{{% {expression} %}}")), GIVEN if given is None else given, **options)


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ("States.Format('{} and {}', $.s, $.a)", "a,b;c and [1, 2, 2, 3]"),
        ("States.Format('{} {} {}', $.o, $.n, true)", "{x=1, l=[]} null true"),
        (r"States.Format('\{\} it\'s {}', 1)", "{} it's 1"),
        ("States.StringToJson('{\"a\": [1]}')", {"a": [1]}),
        ("States.StringToJson('')", None),
        ("States.JsonToString($.o)", '{"x":1,"l":[]}'),
        ("States.Array(1, 'a', $.n, States.Array())", [1, "a", None, []]),
        ("States.ArrayPartition($.a, 3)", [[1, 2, 2], [3]]),
        ("States.ArrayContains($.a, 2.0)", True),
        ("States.ArrayContains($.a, true)", False),
        ("States.ArrayRange(1, 9, 3)", [1, 4, 7]),
        ("States.ArrayRange(5, 1, -2)", [5, 3, 1]),
        ("States.ArrayGetItem($.a, 3)", 3),
        ("States.ArrayLength($.a)", 4),
        ("States.ArrayUnique($.a)", [1, 2, 3]),
        ("States.Base64Encode('Hello')", "SGVsbG8="),
        ("States.Base64Decode('SGVsbG8=')", "Hello"),
        ("States.Hash('input data', 'SHA-1')", "aaff4a450a104cd177d28d18d74485e8cae074b7"),
        ("States.JsonMerge($.o, States.StringToJson('{\"l\": 2}'), false)", {"x": 1, "l": 2}),
        ("States.MathAdd($.half, 1)", 3),
        ("States.MathAdd(-0.5, 0)", 0),
        ("States.StringSplit($.s, ',;')", ["a", "b", "c"]),
        ("States.StringSplit(',,', ',')", []),
        ("States.ArrayPartition($.a, $.huge)", [[1, 2, 2, 3]]),
        ("States.Base64Encode($.half_a_letter)", "Pw=="),
        ("States.Hash($.half_a_letter, 'MD5')", "d1457b72c3fb323a2671125aef3eab5d"),
    ],
)
def test_an_intrinsic_function_gives_what_the_service_gives(call, result):
    """Section 8; recorded on the service: rounding, Java's way of writing objects, empty parts."""
    assert called(call).output == {"r": result}


@pytest.mark.parametrize(
    "call",
    [
        "States.Format('{}')",
        "States.StringToJson('{')",
        "States.ArrayPartition($.a, 0)",
        "States.ArrayRange(1, 1001, 1)",
        "States.ArrayRange(1, 2, 0)",
        "States.ArrayGetItem($.a, 4)",
        "States.ArrayLength($.s)",
        "States.Base64Decode('?')",
        "States.Hash('a', 'SHA-3')",
        "States.JsonMerge($.o, $.o, true)",
        "States.MathAdd(2147483647, 1)",
        "States.MathRandom(5, 5)",
        "States.MathAdd($.huge, 1)",
        "States.ArrayRange(0, $.huge, 1)",
        "States.ArrayGetItem($.a, $.huge)",
        "States.Hash('a', $.a)",
        "States.StringToJson('[NaN]')",
    ],
)
def test_a_call_that_cannot_be_done_is_an_error_by_its_name(call):
    """Section 8: States.IntrinsicFailure, also for more than 1,000 items and beyond 32 bits."""
    run = called(call)
    assert (run.status, run.error) == ("FAILED", "States.IntrinsicFailure")


@pytest.mark.parametrize(
    "call",
    [
        "States.Nope()",
        "States.MathAdd(1)",
        "States.Format('a'",
        "States.UUID() x",
        "States.Array(" * 11 + ")" * 11,
        f"States.MathAdd(1, {'9' * 5_000})",
    ],
)
def test_a_call_that_cannot_be_read_is_refused_with_the_definition(call):
    """Section 8: ten inside each other."""
    with pytest.raises(InvalidDefinition):
        Machine(chain(A=passes(Parameters={"r.$": call})))


def test_chance_is_the_executions_own_and_repeatable():
    """The same execution gives the same on every machine; another seed gives something else."""
    call = "States.Array(States.UUID(), States.MathRandom(0, 1000000))"
    assert called(call, seed=3).output == called(call, seed=3).output != called(call, seed=4).output
    seeded = "States.MathRandom(0, 1000000, 42)"
    assert called(seeded, seed=3).output == called(seeded, seed=4).output
    assert asked("[$random(), $uuid()]", seed=3).output == asked("[$random(), $uuid()]", seed=3).output
    assert asked("$random(7)", seed=3).output == asked("$random(7)", seed=4).output


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("$states.input.a", [1, 2, 2, 3]),
        ("$states.input.n", None),
        ("$type($states.input.n)", "null"),
        ("$states.context.State.Name", "A"),
        ("$partition($states.input.a, 3)", [[1, 2, 2], [3]]),
        ("$range(0, 10, 3)", [0, 3, 6, 9]),
        ("$hash('input data', 'SHA-1')", "aaff4a450a104cd177d28d18d74485e8cae074b7"),
        ("$parse('{\"a\": null}')", {"a": None}),
        ("$sum($states.input.a) / 4", 2),
        ("$states.input.a[$ > 1]", [2, 2, 3]),
        ("$now()", "2026-01-05T00:00:00.000Z"),
        ("$map([1..3], function($n) { $n * $n })", [1, 4, 9]),
        ("$states.input.o ~> |$|{'y': 2}|", {"x": 1, "l": [], "y": 2}),
        ("$replace('a-b', /-(.)/, '$1$1')", "abb"),
        ("($f := function($n) { $n < 2 ? 1 : $n * $f($n - 1) }; $f(10))", 3628800),
    ],
)
def test_jsonata_gives_what_the_service_gives(expression, result):
    """Section 3: the language, $states, the service's own functions; time is virtual."""
    assert asked(expression).output == result


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("$nothing", "returned nothing (undefined)."),
        ("function($x) { $x }", "returned an unsupported result type."),
        ("'a' + 1", "threw an error during evaluation."),
        ("$error('no')", "threw an error during evaluation. no"),
        ("$eval('1')", "threw an error during evaluation."),
    ],
)
def test_an_expression_without_a_value_names_itself_and_its_field(expression, said):
    """Section 3, recorded on the service; section 10: EvaluationFailed comes before."""
    run = ran(chain("JSONata", A=passes(Output={"deep": [f"{{% {expression} %}}"]})))
    before = "An error occurred while executing the state 'A' (entered at the event id #2). The JSONata expression"
    assert run.error == "States.QueryEvaluationError"
    assert run.cause.startswith(f"{before} '{expression}' specified for the field 'Output/deep[0]' {said}")
    assert kinds(run)[-2:] == ["EvaluationFailed", "ExecutionFailed"]
    assert run.events[-2].details["location"] == "Output/deep[0]"


@pytest.mark.parametrize(
    "expression",
    [
        "($f := function() { $f() }; $f())",
        "($f := function($n) { 1 + $f($n + 1) }; $f(0))",
        "[1..9999999]",
        "$sum([1..9999999])",
        "[1..1000].($x := $; [1..1000].($ * $x))",
        "($f := function($s, $n) { $n = 0 ? $s : $f($s & $s, $n - 1) }; $f('ab', 60))",
        "($f := function($s, $n) { $n = 0 ? $s : $f([$s, $s], $n - 1) }; $string($f(1, 60)))",
        "($f := function($s, $n) { $n = 0 ? $s : $f({'a': $s, 'b': $s}, $n - 1) }; $f(1, 60))",
        "$pad('', 1000000000, 'x')",
        "$replace($pad('', 100000, 'x'), 'x', $pad('', 100000, 'y'))",
        "$join([1..100000].'', $pad('', 100000, 'x'))",
        "$power(10, 999)",
        "9999999999999999999999 * 1e300",
        "$contains($pad('', 100000, 'a'), /a.*b.*c/)",
        "$contains($pad('', 40, 'a'), /a*a*a*a*a*a*a*a*a*a*b/)",
        "$contains($pad('', 60, 'a'), /a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?b/)",
        "($s := $pad('', 4000, 'a'); [1..900].$contains($s, /a*a*b/))",
        "($o := {'l': [1..8000]}; [1..900].($o = $o))",
        "($f := function($o, $n) { $n = 0 ? $o : $f($o ~> |$|{}|, $n - 1) }; $f({'l': [1..8000]}, 900))",
    ],
)
def test_an_expression_that_runs_away_is_given_up(expression):
    """Issue: time and depth bounded."""
    run = asked(expression)
    assert (run.status, run.error) == ("FAILED", "States.QueryEvaluationError")


@pytest.mark.parametrize(
    ("text", "pattern", "found"),
    [
        ("2026-11-25T15:30:00Z", r"^\d+-\d+-\d+T\d+:\d+:\d+Z$", True),
        ("somebody.with.a.long.name@mail.example.com", r"^[\w.+-]+@[\w-]+\.[\w.]+$", True),
        ("order of 12 from the 25th, paid", r"(\w+)\s+of\s+(\d+)", True),
        ("aaaa", "a*b", False),
        ("ß-1", "^[^-]+-[0-9]+$", True),
    ],
)
def test_regular_expressions_of_daily_use_are_none_that_run_away(text, pattern, found):
    """Also over a few hundred items in one expression."""
    run = asked(f"$distinct([1..300].$contains($states.input, /{pattern}/))", text)
    assert run.output is found


def test_distinct_finds_many_values_once():
    """Source: JSONata documentation, $distinct: deep equality; true is no number, the order stays."""
    assert asked("$distinct([1, true, 1, 'a', {'x': [1]}, {'x': [1]}, [1], [1], null, null])").output == [
        1,
        True,
        "a",
        {"x": [1]},
        [1],
        None,
    ]
    assert asked("$count($distinct([1..90000]))").output == 90_000


def test_what_many_places_make_together_is_bounded():
    """Issue: payloads over 256 KiB. Each of the places may hold a payload, so they are measured one by one."""
    large = {"s": "a" * 200_000}
    every = ", ".join(["$.s"] * 100)
    assert called(f"States.ArrayLength(States.Array({every}))", large).error == "States.DataLimitExceeded"
    wide = {f"p{place}.$": "$.s" for place in range(100)}
    assert ran(chain(A=passes(Parameters=wide, OutputPath="$.p0")), large).error == "States.DataLimitExceeded"
    queries = {"all": ["{% $states.input.s %}"] * 100, "v": 1}
    assert ran(chain("JSONata", A=passes(Output=queries)), large).error == "States.DataLimitExceeded"
    assert called(f"States.ArrayLength(States.Array({every}))", {"s": "a"}).output == {"r": 100}
    assert ran(chain(A=passes(Parameters=wide)), {"s": 1}).output == {f"p{place}": 1 for place in range(100)}


def test_a_text_that_format_makes_is_bounded():
    """Issue: expressions that run away are bounded."""
    call = f"States.ArrayLength(States.Array(States.Format('{'{}' * 60}'{', $.s' * 60})))"
    assert called(call, {"s": "a" * 200_000}).error == "States.IntrinsicFailure"


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+b", "(a*)*", "(?:x?y*)+z"])
def test_a_regular_expression_that_could_run_away_is_refused(pattern):
    """Issue: expressions that run away are bounded."""
    with pytest.raises(InvalidDefinition):
        Machine(chain("JSONata", A=passes(Output=f"{{% $match('aaa', /{pattern}/) %}}")))


def test_an_expression_leaves_its_input_as_it_was():
    """A value is shared by events, variables and states, so that nothing may change it."""
    given = {"l": [3, 1, {"n": None}]}
    run = asked(
        "[$append($states.input.l, 4), $reverse($states.input.l), $sort([3, 1]), $merge([$states.input, {'x': 1}])]",
        given,
    )
    assert run.status == "SUCCEEDED"
    assert given == {"l": [3, 1, {"n": None}]}


def test_a_jsonata_state_may_stand_in_a_jsonpath_machine():
    """Section 1."""
    states = chain(
        A=passes(Assign={"v": 2}), B={**passes(Output="{% $v * $states.input.n %}"), "QueryLanguage": "JSONata"}
    )
    assert ran(states, {"n": 21}).output == 42
