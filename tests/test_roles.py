"""What each role finds in the administration: the pages ask the same table as everybody else."""

import importlib
import json
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from simulator.models import Limits, Run, Scenario
from simulator.permissions import INSTRUCTORS

pytestmark = pytest.mark.django_db

DOCUMENT = {"format": 1, "title": "One queue", "seed": 7, "nodes": [{"id": "emails", "pattern": "queue"}]}
LIST = "admin:simulator_scenario_changelist"
CHANGE = "admin:simulator_scenario_change"


def person(role: str) -> User:
    if role == "admin":
        return User.objects.create_superuser(role)
    user = User.objects.create_user(role, is_staff=role == "staff")
    if role == "instructor":
        user.groups.add(Group.objects.get_or_create(name=INSTRUCTORS)[0])
    return user


def signed_in(role: str) -> tuple[Client, User]:
    client, user = Client(), person(role)
    client.force_login(user)
    return client, user


def scenario(slug: str, author: User | None, status: str = "draft") -> Scenario:
    return Scenario.objects.create(slug=slug, document=DOCUMENT | {"title": slug}, author=author, status=status)


def form(slug: str, **more: Any) -> dict[str, Any]:
    return {"title": slug, "slug": slug, "level": "first steps", "document": json.dumps(DOCUMENT)} | more


def act(client: Client, action: str, *chosen: Scenario) -> list[str]:
    response = client.post(reverse(LIST), {"action": action, "_selected_action": [one.pk for one in chosen]})
    return [str(message) for message in get_messages(response.wsgi_request)]


# What stands behind each door, by who may open it: authors, instructors, staff, admin (a superuser).
DOORS = {
    "admin:index": "author instructor staff admin",
    LIST: "author instructor staff admin",
    "admin:simulator_scenario_add": "author instructor staff admin",
    "admin:simulator_scenario_import": "author instructor staff admin",
    "admin:simulator_run_changelist": "instructor staff admin",
    "admin:simulator_limits_changelist": "staff admin",
    "running": "staff admin",
    "admin:auth_user_changelist": "admin",
    "admin:auth_user_add": "admin",
    "admin:auth_group_changelist": "admin",
}


@pytest.mark.parametrize("role", ["author", "instructor", "staff", "admin"])
def test_each_role_finds_its_doors_open_and_the_others_shut(role):
    client, _ = signed_in(role)
    found = {name: client.get(reverse(name)).status_code for name in DOORS}
    assert found == {name: 200 if role in roles.split() else 403 for name, roles in DOORS.items()}


def test_the_index_shows_only_what_one_may_open():
    author, staff = (signed_in(role)[0].get("/admin/").content.decode() for role in ("author", "staff"))
    assert "Scenarios" in author and "Limits" not in author and "What is running" not in author
    assert "Limits" in staff and "What is running" in staff and "Users" not in staff
    assert 'href="/admin/"' in signed_in("instructor")[0].get("/").content.decode()


def test_an_author_writes_a_draft_and_publishing_it_is_not_theirs():
    client, ada = signed_in("author")
    page = client.get(reverse("admin:simulator_scenario_add")).content.decode()
    assert 'name="status"' not in page
    client.post(reverse("admin:simulator_scenario_add"), form("mine", status="published"))
    mine = Scenario.objects.get(slug="mine")
    assert (mine.author, mine.status) == (ada, "draft")
    client.post(reverse(CHANGE, args=[mine.pk]), form("mine", status="published", summary="Better."))
    mine.refresh_from_db()
    assert (mine.summary, mine.status) == ("Better.", "draft")
    act(client, "publish", mine)
    mine.refresh_from_db()
    assert mine.status == "draft"


def test_what_was_published_for_an_author_is_changed_by_a_draft_of_it():
    client, ada = signed_in("author")
    shown = scenario("shown", ada, "published")
    assert client.post(reverse(CHANGE, args=[shown.pk]), form("shown", summary="Other.")).status_code == 403
    assert client.post(reverse("admin:simulator_scenario_delete", args=[shown.pk]), {"post": "yes"}).status_code == 403
    act(client, "delete_selected", shown)
    act(client, "duplicate", shown)
    shown.refresh_from_db()
    assert shown.summary == ""
    assert Scenario.objects.get(slug="shown-copy").author == ada


@pytest.mark.parametrize("role", ["author", "instructor"])
@pytest.mark.parametrize("status", Scenario.Status.values)
def test_the_scenarios_of_others_are_not_there(role, status):
    client, _ = signed_in(role)
    theirs = scenario("theirs", person("other"), status)
    assert "theirs" not in client.get(reverse(LIST)).content.decode()
    assert client.get(reverse(CHANGE, args=[theirs.pk])).status_code == 302, "as for one that does not exist"
    for action in ("publish", "retire", "duplicate", "export", "delete_selected"):
        act(client, action, theirs)
    theirs.refresh_from_db()
    assert theirs.status == status
    assert Scenario.objects.count() == 1


def test_an_instructor_publishes_what_they_wrote():
    client, ida = signed_in("instructor")
    mine = scenario("mine", ida)
    assert 'name="status"' in client.get(reverse(CHANGE, args=[mine.pk])).content.decode()
    assert act(client, "publish", mine) == ["“mine” is in the library."]
    assert client.post(reverse(CHANGE, args=[mine.pk]), form("mine", status="retired")).status_code == 302
    mine.refresh_from_db()
    assert mine.status == "retired"


def test_a_built_in_is_restored_by_staff_alone():
    client, ada = signed_in("author")
    mine = scenario("mine", ada)
    assert "restore" not in client.get(reverse(LIST)).context["action_form"].fields["action"].choices
    act(client, "restore", mine)
    assert client.post(reverse("admin:simulator_scenario_restore-built-ins")).status_code == 403
    assert Scenario.objects.count() == 1


def test_runs_are_deleted_by_staff_and_looked_at_by_instructors():
    run = Run.objects.create(title="r", document=DOCUMENT, seed=1, visitor="somebody")
    address = reverse("admin:simulator_run_delete", args=[run.pk])
    assert signed_in("instructor")[0].post(address, {"post": "yes"}).status_code == 403
    assert signed_in("staff")[0].post(address, {"post": "yes"}).status_code == 302
    assert not Run.objects.exists()


def test_an_administrator_makes_instructors_and_unmakes_them():
    client, _ = signed_in("admin")
    ida = User.objects.create_user("ida")
    address = reverse("admin:auth_user_changelist")
    for action, role in (("make_instructors", "instructor"), ("no_more_instructors", "author")):
        client.post(address, {"action": action, "_selected_action": [ida.pk]})
        row = client.get(f"{address}?q=ida").content.decode()
        assert f'field-role">{role}<' in row
        assert ida.groups.filter(name=INSTRUCTORS).exists() == (role == "instructor")


def test_staff_do_not_make_themselves_more_than_they_are():
    client, sam = signed_in("staff")
    for address in (reverse("admin:auth_user_change", args=[sam.pk]), f"/admin/auth/user/{sam.pk}/password/"):
        assert client.post(address, {"username": "sam", "is_superuser": "on"}).status_code == 403
    sam.refresh_from_db()
    assert not sam.is_superuser


def test_no_row_of_any_table_is_found_by_its_number():
    """Django's administration leads whoever comes in to the page of any row; a draft's address would be known so."""
    client, _ = signed_in("author")
    scenario("secret-plan", None)
    assert client.get("/admin/r/1/1/").status_code == 404


def test_a_group_of_instructors_is_made_once():
    migration = importlib.import_module("simulator.migrations.0002_limits_and_instructors")
    Group.objects.all().delete()
    migration.make_group(apps, None)
    migration.make_group(apps, None)
    assert Group.objects.filter(name=INSTRUCTORS).count() == 1


def test_limits_are_changed_on_their_page_which_says_who_changed_what():
    client, _ = signed_in("staff")
    address = reverse("admin:simulator_limits_changelist")
    now = client.get(address).context["form"].initial | {"longest_run": "31d"}
    wrong = client.post(address, now | {"longest_run": "40d", "viewers": 0})
    assert set(wrong.context["form"].errors) == {"longest_run", "viewers"}
    assert "This is 40 d. Allowed: 1 min to 31 d." in wrong.content.decode()
    assert client.post(address, now | {"longest_run": "soon"}).context["form"].errors["longest_run"]
    assert not Limits.objects.exists()
    client.post(address, now | {"longest_run": "1h30m", "viewers": 40})
    client.post(address, now | {"longest_run": "1h30m", "viewers": 40})
    client.post(address, now | {"longest_run": "1h30m", "viewers": 50})
    page = client.get(address).content.decode()
    assert Limits.objects.count() == 2, "what is not changed leaves no row"
    assert "longest run: from 31 d to 1 h 30 min" in page and "viewers of a run: from 40 to 50" in page
    assert "staff" in page


@pytest.mark.parametrize("count", [1, 60])
def test_the_history_of_limits_takes_the_same_queries_for_one_and_for_many(count, django_assert_max_num_queries):
    client, sam = signed_in("staff")
    for number in range(count):
        Limits.objects.create(viewers=number + 1, changed_by=sam)
    with django_assert_max_num_queries(5):
        page = client.get(reverse("admin:simulator_limits_changelist")).content.decode()
    assert page.count("<li>viewers of a run") == min(count, 50)


@pytest.mark.parametrize("role", ["author", "instructor"])
def test_limits_are_not_changed_by_others(role):
    client, _ = signed_in(role)
    assert client.post(reverse("admin:simulator_limits_changelist"), {"viewers": 1}).status_code == 403
    assert not Limits.objects.exists()


def test_what_is_beyond_the_limits_is_kept_as_a_draft_and_not_published():
    client, _ = signed_in("staff")
    Limits.objects.create(longest_run=60_000_000)
    long = json.dumps(DOCUMENT | {"length": "1h"})
    assert client.post(reverse("admin:simulator_scenario_add"), form("long", document=long, status="draft"))["Location"]
    one = Scenario.objects.get(slug="long")
    told = client.post(reverse(CHANGE, args=[one.pk]), form("long", document=long, status="published"))
    assert "longer than runs may be here" in str(told.context["adminform"].form.errors["status"])
    assert "longer than runs may be here" in act(client, "publish", one)[0]
    one.refresh_from_db()
    assert one.status == "draft"
