"""Who may do what, as a table: a row per person, a column per action."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User

from simulator.models import Run, Scenario
from simulator.permissions import (
    HOUSE_ACTIONS,
    INSTRUCTORS,
    RUN_ACTIONS,
    SCENARIO_ACTIONS,
    allowed,
    ensure_visitor,
    may,
    visitor_of,
)

pytestmark = pytest.mark.django_db
PEOPLE = ("nobody", "visitor", "author", "instructor", "staff", "dismissed")


@pytest.fixture
def people() -> dict[str, tuple[object, str]]:
    """Everyone as (user, visitor token)."""
    author = User.objects.create_user("author")
    instructor = User.objects.create_user("instructor")
    instructor.groups.add(Group.objects.create(name=INSTRUCTORS))
    staff = User.objects.create_user("staff", is_staff=True)
    dismissed = User.objects.create_user("dismissed", is_staff=True, is_active=False)
    return {
        "nobody": (AnonymousUser(), ""),
        "visitor": (None, "token-of-the-visitor"),
        "author": (author, ""),
        "instructor": (instructor, ""),
        "staff": (staff, ""),
        "dismissed": (dismissed, ""),
    }


def who(people: dict[str, tuple[object, str]], about: object, action: str) -> list[str]:
    return [name for name in PEOPLE if may(people[name][0], people[name][1], about, action)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "owner, action, expected",
    [
        ("visitor", "watch", PEOPLE),
        ("visitor", "fork", PEOPLE),
        ("visitor", "control", ("visitor",)),
        ("author", "control", ("author",)),
        ("instructor", "control", ("instructor",)),
        ("", "control", ()),
        ("", "watch", PEOPLE),
    ],
)
def test_a_run_is_watched_by_all_and_controlled_by_its_owner(people, owner, action, expected):
    user, token = people[owner] if owner else (None, "")
    run = Run(title="r", document={}, seed=1, owner=user, visitor=token)
    assert who(people, run, action) == list(expected)


def test_a_run_of_a_user_is_not_of_whoever_sits_at_the_same_computer_next(people):
    user, _ = people["author"]
    run = Run(title="r", document={}, seed=1, owner=user, visitor="token-of-the-visitor")
    assert who(people, run, "control") == ["author"]


@pytest.mark.parametrize(
    "status, action, expected",
    [
        ("published", "see", PEOPLE),
        ("published", "play", PEOPLE),
        ("draft", "see", ("author", "staff")),
        ("draft", "play", ("author", "staff")),
        ("retired", "see", ("author", "staff")),
        ("retired", "play", ("author", "staff")),
        ("published", "configure", ("author", "staff")),
        ("published", "publish", ("staff",)),
    ],
)
def test_drafts_are_seen_by_their_author_and_by_staff(people, status, action, expected):
    scenario = Scenario(slug="s", title="s", document={}, status=status, author=people["author"][0])
    assert who(people, scenario, action) == list(expected)


def test_an_instructor_publishes_only_what_they_wrote(people):
    own = Scenario(slug="own", document={}, author=people["instructor"][0])
    assert who(people, own, "publish") == ["instructor", "staff"]


@pytest.mark.parametrize("action, expected", [("see_all_runs", ("instructor", "staff")), ("administer", ("staff",))])
def test_the_house_is_run_by_staff(people, action, expected):
    assert who(people, None, action) == list(expected)


def test_what_is_allowed_is_listed_in_the_order_of_the_protocol(people):
    run = Run(title="r", document={}, seed=1, visitor="token-of-the-visitor")
    assert allowed(*people["visitor"], run) == ["watch", "control", "fork"]
    assert allowed(*people["nobody"], run) == ["watch", "fork"]


@pytest.mark.parametrize(
    "about, foreign",
    [
        (Run(), SCENARIO_ACTIONS + HOUSE_ACTIONS),
        (Scenario(), RUN_ACTIONS + HOUSE_ACTIONS),
        (None, RUN_ACTIONS + SCENARIO_ACTIONS),
    ],
)
def test_asking_for_an_action_that_the_thing_does_not_have_is_our_mistake(about, foreign):
    for action in foreign:
        with pytest.raises(AssertionError):
            may(None, "", about, action)


def test_a_visitor_gets_one_token_and_keeps_it():
    session: dict[str, str] = {}
    assert visitor_of(session) == ""
    token = ensure_visitor(session)
    assert len(token) >= 16
    assert ensure_visitor(session) == token == visitor_of(session)


def test_a_session_that_was_tampered_with_is_nobody():
    assert visitor_of({"visitor": ["token"]}) == ""


def test_being_an_instructor_is_asked_of_the_database_once(people, django_assert_num_queries):
    fresh = User.objects.get(username="instructor")
    with django_assert_num_queries(1):
        may(fresh, "", None, "see_all_runs")
        may(fresh, "", None, "see_all_runs")
