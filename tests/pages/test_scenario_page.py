"""The page of a scenario: what it teaches, how it is set up, and the way in."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse

from simulator.models import Scenario
from simulator.templatetags.waystation import markdown

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client) -> str:
    call_command("load_scenarios", verbosity=0)
    return client.get(reverse("scenario", args=["transactional-emails"])).content.decode()


def test_every_setting_is_told_with_its_unit_range_default_and_source(page):
    assert "Visibility timeout" in page
    assert '<code class="soft">VisibilityTimeout</code>' in page
    assert "0 to 43,200 s" in page
    assert "SQS" in page


def test_the_lessons_of_its_patterns_stand_below_the_channels_first(page):
    assert page.index("The pattern: queue") < page.index("The pattern: worker")


def test_it_is_opened_with_a_seed_of_ones_choice(page):
    assert 'action="/play/transactional-emails/"' in page
    assert 'name="seed"' in page


def test_a_visitor_does_not_see_the_way_to_configure_it_and_staff_do(client, page):
    assert "Configure this scenario" not in page
    client.force_login(User.objects.create_user("staff", is_staff=True))
    assert "Configure this scenario" in client.get(reverse("scenario", args=["transactional-emails"])).content.decode()


def test_a_broken_scenario_is_told_as_such_and_its_problems_to_those_who_can_cure_them(client):
    Scenario.objects.create(
        slug="broken", status="published", document={"title": "Broken", "nodes": [{"id": "x", "pattern": "teapot"}]}
    )
    told = client.get(reverse("scenario", args=["broken"])).content.decode()
    assert "played: 1 problem" in told
    assert "teapot" not in told
    client.force_login(User.objects.create_user("staff", is_staff=True))
    assert "nodes.0.pattern" in client.get(reverse("scenario", args=["broken"])).content.decode()


def test_what_is_not_published_is_not_there(client):
    Scenario.objects.create(slug="draft", document={"title": "Draft"})
    response = client.get(reverse("scenario", args=["draft"]))
    assert response.status_code == 404
    assert "No published scenario is called" in response.content.decode()


def test_lessons_are_markdown_without_html_and_scripts():
    told = markdown(
        "# Title\n\n<script>alert(1)</script> [x](javascript:alert(1)) [y](https://example.org)\n\n|a|b|\n|-|-|\n|1|2|"
    )
    assert "<h2>Title</h2>" in told
    assert "<script>" not in told
    assert 'href="javascript' not in told
    assert "<table>" in told
