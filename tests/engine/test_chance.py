"""Chance: streams that do not depend on each other, distributions that are what their names say."""

import os
import pickle
import subprocess
import sys
from copy import deepcopy
from itertools import pairwise
from math import sqrt
from statistics import fmean, quantiles, stdev
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from simulator.engine.chance import Distribution, lognormal, stream
from simulator.engine.clock import LONGEST
from simulator.engine.errors import problems_of

DRAWS = 20_000
SURE = 4.0  # standard errors: a right sampler fails one fixed seed in 16,000

EVERY_KIND: list[Any] = [
    0.8,
    {"constant": 3},
    {"uniform": {"low": 0.1, "high": 2}},
    {"exponential": {"mean": 2}},
    {"lognormal": {"median": 0.8, "p99": 4}},
    {"gamma": {"mean": 1, "shape": 4}},
    {"gamma": {"mean": 3, "shape": 2.5}},
    {"gamma": {"mean": 3, "shape": 0.5}},
    {"pareto": {"minimum": 0.1, "shape": 2.5}},
    {"pareto": {"minimum": 0.1, "shape": 1.5, "maximum": 60}},
    {"pareto": {"minimum": 0.1, "shape": 1, "maximum": 60}},
    {"pareto": {"minimum": 0.1, "shape": 0.5, "maximum": 60}},
    {"empirical": {"values": [0.2, 0.3, 5]}},
    {"empirical": {"values": [0.2, 0.3, 5], "weights": [8, 0, 1]}},
]


class Settings(BaseModel):
    service: Distribution


def distribution(document: Any) -> Distribution:
    return Distribution.model_validate(document)


def draws(document: Any, count: int = DRAWS, seed: int = 7) -> list[float]:
    sampler = distribution(document).sampler(stream(seed, "mailer", "service"))
    return [sampler() for _ in range(count)]


def problem(document: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        Settings(service=document)
    return "\n".join(str(one) for one in problems_of(refused.value))


@pytest.mark.parametrize("document", EVERY_KIND, ids=str)
def test_the_mean_of_many_draws_is_the_mean(document: Any):
    values = draws(document)
    error = stdev(values) / sqrt(len(values))
    assert abs(fmean(values) - distribution(document).mean()) <= SURE * error + 1e-12


@pytest.mark.parametrize(
    ("document", "share", "value"),
    [
        ({"uniform": {"low": 1, "high": 3}}, 0.25, 1.5),
        ({"exponential": {"mean": 2}}, 0.5, 1.386_294),  # mean times log 2
        ({"lognormal": {"median": 0.8, "p99": 4}}, 0.5, 0.8),
        ({"lognormal": {"median": 0.8, "p99": 4}}, 0.99, 4),
        ({"gamma": {"mean": 1, "shape": 1}}, 0.5, 0.693_147),
        ({"gamma": {"mean": 1, "shape": 4}}, 0.9, 1.670_2),  # chi-squared with 8 degrees, 13.3616, divided by 8
        ({"gamma": {"mean": 1, "shape": 10}}, 0.9, 1.420_6),  # chi-squared with 20 degrees, 28.4120, divided by 20
        ({"pareto": {"minimum": 0.1, "shape": 2}}, 0.75, 0.2),
        ({"pareto": {"minimum": 0.1, "shape": 1, "maximum": 0.4}}, 1 / 3, 0.1 / 0.75),
        ({"empirical": {"values": [1, 2], "weights": [1, 3]}}, 0.25, 1.5),
    ],
    ids=str,
)
def test_the_right_share_of_draws_lies_below_a_quantile(document: Any, share: float, value: float):
    """Source of the chi-squared values: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4."""
    below = sum(drawn <= value for drawn in draws(document)) / DRAWS
    assert abs(below - share) <= SURE * sqrt(share * (1 - share) / DRAWS)


@pytest.mark.parametrize(("shape", "spread"), [(1, 1.0), (4, 0.5), (16, 0.25)])
def test_the_larger_its_shape_the_less_a_gamma_varies(shape: int, spread: float):
    assert stdev(draws({"gamma": {"mean": 1, "shape": shape}})) == pytest.approx(spread, rel=0.03)


@pytest.mark.parametrize("document", EVERY_KIND, ids=str)
def test_micros_are_the_same_draws_rounded(document: Any):
    one = distribution(document).sampler(stream(1, "mailer", "service"))
    other = distribution(document).sampler(stream(1, "mailer", "service"))
    for _ in range(200):
        micros = other.micros()
        assert isinstance(micros, int)
        assert abs(micros - one() * 1_000_000) <= 0.5 + 1e-6


@pytest.mark.parametrize("document", EVERY_KIND, ids=str)
def test_a_sampler_goes_on_identically_after_a_pickle_at_any_draw(document: Any):
    sampler = distribution(document).sampler(stream(3, "mailer", "service"))
    for _ in range(5):
        sampler.micros()
    copies = [pickle.loads(pickle.dumps(sampler)), deepcopy(sampler)]
    ahead = [sampler.micros() for _ in range(20)]
    assert [[copy.micros() for _ in range(20)] for copy in copies] == [ahead, ahead]


@pytest.mark.parametrize("document", EVERY_KIND, ids=str)
def test_a_distribution_survives_being_written_and_read(document: Any):
    settings = Settings(service=document)
    assert Settings.model_validate(settings.model_dump()) == settings
    assert Settings.model_validate_json(settings.model_dump_json()) == settings
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_the_heaviest_tail_allowed_stays_within_what_a_clock_can_count():
    settings = {"pareto": {"minimum": 1e8, "shape": 1.01}}
    sampler = distribution(settings).sampler(stream(1, "a", "b"))
    assert max(sampler.micros() for _ in range(1000)) == LONGEST


def test_streams_are_the_same_for_the_same_names_and_differ_for_any_other():
    names = [(7, "shop", "arrivals"), (8, "shop", "arrivals"), (7, "shop2", "arrivals"), (7, "shop", "body")]
    first = [stream(*name).random() for name in names]
    assert first == [stream(*name).random() for name in names]
    assert len(dict.fromkeys(first)) == len(names)


def test_a_slash_in_a_name_does_not_make_two_streams_one():
    assert stream(1, "a/b", "c").random() != stream(1, "a", "b/c").random()


def test_streams_of_two_purposes_are_not_correlated():
    one, other = stream(7, "shop", "arrivals"), stream(7, "shop", "body")
    pairs = [(one.random() - 0.5, other.random() - 0.5) for _ in range(DRAWS)]
    assert abs(fmean(x * y for x, y in pairs) * 12) <= SURE / sqrt(DRAWS)


def test_a_larger_mean_gives_larger_draws_from_the_same_stream():
    """Common random numbers: each draw grows, so that two variants stay comparable. Source: Law, section 11.2."""
    quick, slow = draws({"exponential": {"mean": 1}}, 100), draws({"exponential": {"mean": 2}}, 100)
    assert slow == [2 * value for value in quick]


def test_draws_do_not_depend_on_the_hash_seed():
    program = (
        "from simulator.engine.chance import lognormal, stream;"
        "sampler = lognormal(0.8, 4).sampler(stream(7, 'mailer', 'service'));"
        "print([sampler.micros() for _ in range(5)])"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    ]
    sampler = lognormal(0.8, 4).sampler(stream(7, "mailer", "service"))
    assert told == [f"{[sampler.micros() for _ in range(5)]}\n"] * 2


def test_the_stream_of_a_name_is_this_one_for_ever():
    """A change here changes every recorded run. Source: Python documentation, `random.seed`, version 2."""
    assert stream(7, "shop", "arrivals").getrandbits(32) == 895_637_355


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"exponential": {"mean": 0}}, "service.exponential.mean: the mean is 0. Allowed is more than 0"),
        ({"exponential": {"mean": "2"}}, 'the mean is "2", which is not a number. Write it without quotes'),
        ({"exponential": {"mean": float("nan")}}, "the mean is NaN"),
        ({"exponential": {"mean": float("inf")}}, "the mean is Infinity"),
        ({"exponential": {"mean": True}}, "the mean is true, which is not a number"),
        ({"exponential": {}}, "service.exponential.mean: is missing"),
        ({"exponential": {"mean": 1, "median": 1}}, "service.exponential.median"),
        (
            {"exponential": {"mean": 1}, "constant": 1},
            "has exactly one key; this has the keys exponential and constant",
        ),
        ({"gaussian": {"mean": 1}}, '"gaussian" is not a distribution; the kinds are constant, uniform'),
        ({"exponentail": {"mean": 1}}, "Did you mean “exponential”?"),
        ({"exponential": None}, "has no settings"),
        ({}, "has exactly one key"),
        ("fast", "is not a distribution. Write an object such as"),
        (None, "is not a distribution"),
        (True, "is not a distribution"),
        (-1, "the value is -1. Allowed is 0 to 100,000,000"),
        ({"uniform": {"low": 2, "high": 1}}, "the lower limit, 2, is above the upper one, 1. Exchange them"),
        ({"lognormal": {"median": 4, "p99": 0.8}}, "above the median"),
        ({"lognormal": {"median": 1, "p99": 2000}}, "at most 1,000 times"),
        ({"gamma": {"mean": 1, "shape": 0}}, "the shape is 0. Allowed is 0.05 to 1,000. 1 is exponential"),
        ({"pareto": {"minimum": 1, "shape": 1}}, "the mean is infinite. Give a maximum, or a shape above 1"),
        ({"pareto": {"minimum": 2, "shape": 2, "maximum": 1}}, "is not above the minimum"),
        ({"empirical": {"values": [1, -2]}}, "service.empirical.values.1: a value is -2"),
        ({"empirical": {"values": []}}, "service.empirical.values"),
        ({"empirical": {"values": [1, 2], "weights": [1]}}, "Give each value one weight"),
        ({"empirical": {"values": [1, 2], "weights": [0, 0]}}, "all weights are 0"),
    ],
    ids=str,
)
def test_a_wrong_distribution_is_told_where_what_and_what_to_do(document: Any, said: str):
    assert said in problem(document)


def test_all_problems_of_a_distribution_are_told_at_once():
    assert len(problem({"uniform": {"low": "1", "high": -1, "middle": 0}}).splitlines()) == 3


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"lognormal": {"median": 0.8, "p99": 4}}, "log-normal: half under 0.8 s, 1 % over 4 s"),
        (30, "always 30 s"),
        ({"exponential": {"mean": 90}}, "exponential: 1 min 30 s on average"),
        (
            {"pareto": {"minimum": 0.1, "shape": 1.5, "maximum": 60}},
            "Pareto: at least 0.1 s, heavy tail of shape 1.5, at most 1 min",
        ),
        ({"empirical": {"values": [1, 3]}}, "empirical: 2 measured values, 2 s on average"),
    ],
    ids=str,
)
def test_a_distribution_says_what_it_is(document: Any, said: str):
    assert distribution(document).describe() == said


def test_a_form_learns_each_kind_with_its_settings_and_ranges():
    schema = Settings.model_json_schema()
    kinds = schema["$defs"]["Distribution"]["oneOf"]
    assert [kind["title"] for kind in kinds] == [
        "A number", "Constant", "Uniform", "Exponential", "Log-normal", "Gamma", "Pareto", "Empirical",
    ]  # fmt: skip
    assert all(kind["required"] == list(kind["properties"]) for kind in kinds[1:])
    assert schema["$defs"]["Gamma"]["properties"]["shape"]["minimum"] == 0.05


@given(st.integers(0, 2**32), st.floats(0.001, 1000), st.floats(1.01, 900))
def test_no_draw_is_negative_and_half_lie_under_the_median(seed: int, median: float, ratio: float):
    sampler = lognormal(median, median * ratio).sampler(stream(seed, "mailer", "service"))
    values = [sampler() for _ in range(400)]
    assert min(values) >= 0
    assert 110 <= sum(value <= median for value in values) <= 290  # nine standard errors


def test_quantiles_of_a_bounded_pareto_follow_one_curve():
    cuts = quantiles(draws({"pareto": {"minimum": 0.1, "shape": 1.5, "maximum": 60}}), n=4)
    assert all(low < high for low, high in pairwise([0.1, *cuts, 60]))
    assert cuts[1] == pytest.approx(0.1 * 2 ** (1 / 1.5), rel=0.03)
