"""Who may do what, as one complete table: a row per thing and action, a column per person.

`own`: the person of that column started the run or wrote the scenario; `other`: somebody else did; `nobody`: whoever
did has no account any more, or it came with the house. A cell is `yes` or `–`. A combination that stands in no row
fails, as does a row with a cell too few, so a new action, role or status has to be decided here.
"""

import re
from itertools import product
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User

from simulator.models import Run, Scenario
from simulator.permissions import (
    HOUSE_ACTIONS,
    INSTRUCTORS,
    RUN_ACTIONS,
    SCENARIO_ACTIONS,
    allowed,
    configurable,
    ensure_visitor,
    may,
    mine,
    visitor_of,
)

pytestmark = pytest.mark.django_db

# `stranger` has no cookie yet, `visitor` has a token, `author` is signed in and nothing else, `admin` is a superuser,
# `dismissed` was staff and an instructor, and is not active any more.
TABLE = """
thing               action         stranger visitor author instructor staff admin dismissed
run own             watch          yes      yes     yes    yes        yes   yes   yes
run own             control        –        yes     yes    yes        yes   yes   –
run own             fork           yes      yes     yes    yes        yes   yes   yes
run own             stop           –        yes     yes    yes        yes   yes   –
run own             delete         –        –       –      –          yes   yes   –
run other           watch          yes      yes     yes    yes        yes   yes   yes
run other           control        –        –       –      –          –     –     –
run other           fork           yes      yes     yes    yes        yes   yes   yes
run other           stop           –        –       –      –          yes   yes   –
run other           delete         –        –       –      –          yes   yes   –
run nobody          watch          yes      yes     yes    yes        yes   yes   yes
run nobody          control        –        –       –      –          –     –     –
run nobody          fork           yes      yes     yes    yes        yes   yes   yes
run nobody          stop           –        –       –      –          yes   yes   –
run nobody          delete         –        –       –      –          yes   yes   –
draft own           see            –        –       yes    yes        yes   yes   –
draft own           play           –        –       yes    yes        yes   yes   –
draft own           configure      –        –       yes    yes        yes   yes   –
draft own           publish        –        –       –      yes        yes   yes   –
draft own           delete         –        –       yes    yes        yes   yes   –
draft other         see            –        –       –      –          yes   yes   –
draft other         play           –        –       –      –          yes   yes   –
draft other         configure      –        –       –      –          yes   yes   –
draft other         publish        –        –       –      –          yes   yes   –
draft other         delete         –        –       –      –          yes   yes   –
draft nobody        see            –        –       –      –          yes   yes   –
draft nobody        play           –        –       –      –          yes   yes   –
draft nobody        configure      –        –       –      –          yes   yes   –
draft nobody        publish        –        –       –      –          yes   yes   –
draft nobody        delete         –        –       –      –          yes   yes   –
published own       see            yes      yes     yes    yes        yes   yes   yes
published own       play           yes      yes     yes    yes        yes   yes   yes
published own       configure      –        –       –      yes        yes   yes   –
published own       publish        –        –       –      yes        yes   yes   –
published own       delete         –        –       –      yes        yes   yes   –
published other     see            yes      yes     yes    yes        yes   yes   yes
published other     play           yes      yes     yes    yes        yes   yes   yes
published other     configure      –        –       –      –          yes   yes   –
published other     publish        –        –       –      –          yes   yes   –
published other     delete         –        –       –      –          yes   yes   –
published nobody    see            yes      yes     yes    yes        yes   yes   yes
published nobody    play           yes      yes     yes    yes        yes   yes   yes
published nobody    configure      –        –       –      –          yes   yes   –
published nobody    publish        –        –       –      –          yes   yes   –
published nobody    delete         –        –       –      –          yes   yes   –
retired own         see            –        –       yes    yes        yes   yes   –
retired own         play           –        –       yes    yes        yes   yes   –
retired own         configure      –        –       yes    yes        yes   yes   –
retired own         publish        –        –       –      yes        yes   yes   –
retired own         delete         –        –       yes    yes        yes   yes   –
retired other       see            –        –       –      –          yes   yes   –
retired other       play           –        –       –      –          yes   yes   –
retired other       configure      –        –       –      –          yes   yes   –
retired other       publish        –        –       –      –          yes   yes   –
retired other       delete         –        –       –      –          yes   yes   –
retired nobody      see            –        –       –      –          yes   yes   –
retired nobody      play           –        –       –      –          yes   yes   –
retired nobody      configure      –        –       –      –          yes   yes   –
retired nobody      publish        –        –       –      –          yes   yes   –
retired nobody      delete         –        –       –      –          yes   yes   –
house               write          –        –       yes    yes        yes   yes   –
house               see_all_runs   –        –       –      yes        yes   yes   –
house               administer     –        –       –      –          yes   yes   –
house               manage_people  –        –       –      –          –     yes   –
"""
HEAD, *LINES = [line.split() for line in TABLE.strip().splitlines()]
PEOPLE = tuple(HEAD[2:])
RELATIONS = ("own", "other", "nobody")
CELLS = {
    (" ".join(line[: -len(PEOPLE) - 1]), line[-len(PEOPLE) - 1], person): cell
    for line in LINES
    for person, cell in zip(PEOPLE, line[-len(PEOPLE) :], strict=True)
}
THINGS = {
    **{f"run {relation}": RUN_ACTIONS for relation in RELATIONS},
    **{f"{status} {relation}": SCENARIO_ACTIONS for status in Scenario.Status.values for relation in RELATIONS},
    "house": HOUSE_ACTIONS,
}
ALL = [(thing, action, who) for thing, actions in THINGS.items() for action, who in product(actions, PEOPLE)]
TOKENS = {"stranger": "", "visitor": "token-of-the-visitor"}


@pytest.fixture
def people() -> dict[str, User | AnonymousUser | None]:
    """Everyone's user."""
    group, _ = Group.objects.get_or_create(name=INSTRUCTORS)
    found = {name: User.objects.create_user(name) for name in ("author", "instructor", "other")}
    found["staff"] = User.objects.create_user("staff", is_staff=True)
    found["admin"] = User.objects.create_superuser("admin")
    found["dismissed"] = User.objects.create_user("dismissed", is_staff=True, is_superuser=True, is_active=False)
    group.user_set.add(found["instructor"], found["dismissed"])
    return {"stranger": AnonymousUser(), "visitor": None, **found}


def thing_of(people: dict[str, User | AnonymousUser | None], name: str, who: str) -> Run | Scenario | None:
    """What the table calls so, as it stands to this person."""
    if name == "house":
        return None
    kind, relation = name.split()
    holder = {"own": who, "other": "other", "nobody": ""}[relation]
    user = people.get(holder)
    account = user if isinstance(user, User) else None
    if kind == "run":
        return Run(title="r", document={}, seed=1, owner=account, visitor=TOKENS.get(holder, "a token long lost"))
    return Scenario(slug="s", title="s", document={}, status=kind, author=account)


def test_the_table_is_complete_and_says_nothing_twice():
    assert sorted(CELLS) == sorted(ALL), "each thing, action and person has one cell"
    assert len(LINES) == sum(map(len, THINGS.values())), "each row stands once"
    assert set(CELLS.values()) == {"yes", "–"}


@pytest.mark.parametrize("thing", THINGS)
def test_everyone_may_what_the_table_says(people, thing):
    wrong = [
        f"{who} {action} {thing}: the table says {CELLS[thing, action, who]}"
        for action, who in product(THINGS[thing], PEOPLE)
        if may(people[who], TOKENS.get(who, "a cookie"), thing_of(people, thing, who), action)
        != (CELLS[thing, action, who] == "yes")
    ]
    assert wrong == []


def test_a_run_of_a_user_is_not_of_whoever_sits_at_the_same_computer_next(people):
    run = Run(title="r", document={}, seed=1, owner=people["author"], visitor="token-of-the-visitor")
    assert not may(None, "token-of-the-visitor", run, "control")
    assert not may(people["other"], "token-of-the-visitor", run, "control")
    assert may(people["author"], "", run, "control")


def test_what_is_allowed_is_listed_in_the_order_of_the_protocol(people):
    run = Run(title="r", document={}, seed=1, visitor="token-of-the-visitor")
    assert allowed(None, "token-of-the-visitor", run) == ["watch", "control", "fork"]
    assert allowed(people["staff"], "", run) == ["watch", "fork"]


@pytest.mark.parametrize("who", PEOPLE)
def test_queries_find_what_the_table_allows(people, who):
    """A list is a query, so it can't ask `may` row by row; it has to say the same."""
    user, token = people[who], TOKENS.get(who, "")
    for relation in RELATIONS:
        for kind in ("run", *Scenario.Status.values):
            thing = thing_of(people, f"{kind} {relation}", who)
            assert thing is not None
            if isinstance(thing, Scenario):
                thing.slug = f"{kind}-{relation}"
            thing.save()
    runs = Run.objects.filter(mine(user, token))
    assert set(runs) == {run for run in Run.objects.all() if may(user, token, run, "control")}
    # A published scenario of their own is listed too: it is theirs to look at and to duplicate.
    listed = set(Scenario.objects.filter(configurable(user)))
    assert listed >= {one for one in Scenario.objects.all() if may(user, token, one, "configure")}
    assert all(may(user, token, one, "see") for one in listed)


@pytest.mark.parametrize(
    "about, foreign",
    [
        (Run(), {*SCENARIO_ACTIONS, *HOUSE_ACTIONS} - {*RUN_ACTIONS}),
        (Scenario(), {*RUN_ACTIONS, *HOUSE_ACTIONS} - {*SCENARIO_ACTIONS}),
        (None, {*RUN_ACTIONS, *SCENARIO_ACTIONS}),
    ],
)
def test_asking_for_an_action_that_the_thing_does_not_have_is_our_mistake(about, foreign):
    for action in sorted(foreign):
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


# Who asks a user what they are, besides the table: `start` looks whether there is an administrator at all, and the
# list of people shows each one's role.
ASK_THEMSELVES = {"permissions.py", "management/commands/start.py", "admin/people.py"}


def test_nobody_decides_beside_the_table():
    root = Path(__file__).resolve().parent.parent
    decides = re.compile(
        r"\bis_staff\b|\bis_superuser\b|\bhas_perms?\b|\bowns\(|\bperms\.|\.owner\b\s*==|\bowner_id\s*=="
    )
    code = {file.relative_to(root / "simulator").as_posix(): file for file in (root / "simulator").rglob("*.py")}
    pages = {file.relative_to(root).as_posix(): file for file in (root / "templates").rglob("*.html")}
    found = {name for name, file in (code | pages).items() if decides.search(file.read_text(encoding="utf-8"))}
    assert found == ASK_THEMSELVES
