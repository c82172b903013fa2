"""Scenarios as files: what goes out comes in again as it was, nothing is written over, and every problem is told."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from simulator import exchange
from simulator.engine.errors import Refused
from simulator.models import Scenario

pytestmark = pytest.mark.django_db

DOCUMENT = {"format": 1, "title": "Grüße, one queue", "seed": 7, "nodes": [{"id": "emails", "pattern": "queue"}]}
BROKEN = DOCUMENT | {
    "nodes": [
        {"id": "emails", "pattern": "queue", "settings": {"VisibilityTimeout": 50_000}},
        {"id": "x", "pattern": "teapot"},
    ]
}
IMPORT = "admin:simulator_scenario_import"


@pytest.fixture
def author() -> User:
    return User.objects.create_user("ada")


@pytest.fixture
def ada(client: Client, author: User) -> Client:
    client.force_login(author)
    return client


def scenario(slug: str = "one", document: Any = None, **more: Any) -> Scenario:
    return Scenario.objects.create(slug=slug, document=DOCUMENT if document is None else document, **more)


def problems(*files: tuple[str, str | bytes]) -> list[str]:
    with pytest.raises(Refused) as refused:
        exchange.unpacked(files)
    return [str(problem) for problem in refused.value.problems]


def told(response: Any, field: str = "text") -> str:
    return "\n".join(response.context["form"].errors[field])


@pytest.mark.parametrize("count", [1, 3])
def test_what_goes_out_comes_in_again_as_it_was(count):
    given = [scenario(f"s-{number}", DOCUMENT | {"seed": number}) for number in range(count)]
    name, text = exchange.packed(given)
    assert name == ("s-0.json" if count == 1 else "scenarios.json")
    Scenario.objects.all().delete()
    made = exchange.take_in(exchange.unpacked([(name, text.encode())]), None)
    assert [one.slug for one in made] == [one.slug for one in given]
    assert [one.document for one in made] == [one.document for one in given]
    assert exchange.packed(made) == (name, text), "and goes out as the same text"


def test_a_name_that_is_taken_gets_a_number_and_nothing_is_written_over():
    scenario("one", DOCUMENT | {"seed": 1}, status="published")
    incoming = exchange.unpacked([("one.json", json.dumps(DOCUMENT)), ("one.json", json.dumps(DOCUMENT))])
    assert [made.slug for made in exchange.take_in(incoming, None)] == ["one-2", "one-3"]
    assert Scenario.objects.get(slug="one").document["seed"] == 1


@pytest.mark.parametrize(
    "given, slug",
    [
        ("My mails (2).json", "my-mails-2"),
        ("../../passwd.json", "passwd"),
        ("", "grue-one-queue"),
        ("日本.json", "grue-one-queue"),
    ],
)
def test_a_name_is_made_of_the_file_or_of_the_title(given, slug):
    assert exchange.unpacked([(given, json.dumps(DOCUMENT))])[0].slug == slug


def test_every_problem_of_every_file_is_told_and_nothing_is_taken():
    listed = json.dumps([{"slug": "a", "document": DOCUMENT}, {"slug": "b", "document": BROKEN}])
    found = problems(("good.json", json.dumps(DOCUMENT)), ("bad.json", json.dumps(BROKEN)), ("list.json", listed))
    for words in (
        "bad.json, nodes.0.settings.VisibilityTimeout",
        "bad.json, nodes.1.pattern",
        "list.json, 1.nodes.0.settings.VisibilityTimeout",
        "list.json, 1.nodes.1.pattern",
    ):
        assert any(line.startswith(words) for line in found), words
    assert not any(line.startswith("good.json") for line in found)


@pytest.mark.parametrize(
    "content, words",
    [
        ("{", "is not JSON"),
        ("[]", "the list has 0 entries"),
        ("[1]", "0: the document is a int"),
        (b"\xff\xfe\x00", "is not text in UTF-8"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"a":' * 50_000, "is nested too deeply"),
        ('{"title": "a", "title": "b"}', "title: is written twice"),
        ("1" * 10_000, "is not JSON"),
        ('{"format": 1, "seed": 1e999, "title": "x", "nodes": []}', "seed"),
        (json.dumps(DOCUMENT | {"about": "x" * 1_000_001}), "at most 1,000,000"),
        ("[" + " " * 4_000_001 + "]", "at most 4,000,000"),
        (json.dumps([DOCUMENT] * 101), "the list has 101 entries"),
        (json.dumps({"slug": "a", "document": DOCUMENT, "status": "published"}), "status: is not a part of an export"),
        (json.dumps({"slug": ["a"], "document": None}), "the document is a NoneType"),
    ],
)  # fmt: skip
def test_what_is_no_scenario_is_refused_in_words(content, words):
    assert words in "\n".join(problems(("", content)))


def test_too_many_at_once_are_refused_also_from_several_files():
    half = json.dumps([{"slug": "a", "document": DOCUMENT}] * 51)
    assert "these are 102 scenarios" in problems(("a.json", half), ("b.json", half))[0]


def test_a_file_of_windows_begins_with_a_mark_that_is_none_of_its_text():
    assert exchange.unpacked([("a.json", json.dumps(DOCUMENT).encode("utf-8-sig"))])[0].document == DOCUMENT


def test_an_author_imports_files_as_drafts_of_their_own(ada, author):
    files = [SimpleUploadedFile(f"{name}.json", json.dumps(DOCUMENT).encode()) for name in ("one", "two")]
    page = ada.post(reverse(IMPORT), {"chosen": files}, follow=True).content.decode()
    assert "as the draft “one”" in page and "as the draft “two”" in page
    assert set(Scenario.objects.values_list("slug", "status", "author")) == {
        ("one", "draft", author.pk),
        ("two", "draft", author.pk),
    }
    again = ada.post(reverse(IMPORT), {"text": json.dumps({"slug": "one", "document": DOCUMENT})}, follow=True)
    assert "as the draft “one-2”. The name “one” was taken." in again.content.decode()


def test_a_file_that_is_wrong_is_shown_with_its_problems_where_it_can_be_corrected(ada):
    file = SimpleUploadedFile("mails.json", json.dumps(BROKEN).encode())
    response = ada.post(reverse(IMPORT), {"chosen": file})
    assert "43200" in told(response) and "'teapot'" in told(response)
    assert json.loads(response.context["form"]["text"].value()) == BROKEN
    assert not Scenario.objects.exists()


def test_of_several_files_the_problems_stand_at_the_files(ada):
    files = [SimpleUploadedFile(f"{n}.json", json.dumps(BROKEN).encode()) for n in range(2)]
    response = ada.post(reverse(IMPORT), {"chosen": files})
    assert "0.json, nodes.1.pattern" in told(response, "chosen") and "1.json, nodes.1.pattern" in told(
        response, "chosen"
    )


def test_a_thousand_problems_are_counted_and_a_hundred_shown(ada):
    many = DOCUMENT | {"nodes": [{"id": f"n{n}", "pattern": "teapot"} for n in range(199)]}
    lines = told(ada.post(reverse(IMPORT), {"text": json.dumps(many)})).splitlines()
    assert len(lines) == 101 and lines[-1] == "… and 99 more problems."


def test_nothing_chosen_is_said_to_be_nothing(ada):
    assert "Choose a file, or paste" in told(ada.post(reverse(IMPORT), {}), "__all__")


@pytest.mark.parametrize("fields", [{"chosen": 5_000_000}, {"text": 5_000_000}])
def test_what_is_too_large_is_refused_before_it_is_read(ada, fields):
    given = {
        name: SimpleUploadedFile("a.json", b"x" * size) if name == "chosen" else "x" * size
        for name, size in fields.items()
    }
    assert ada.post(reverse(IMPORT), given).status_code == 400
    assert not Scenario.objects.exists()


def test_an_empty_file_is_told(ada):
    assert "empty" in told(ada.post(reverse(IMPORT), {"chosen": SimpleUploadedFile("a.json", b"")}), "chosen")


def test_chosen_scenarios_are_exported_and_only_ones_own(ada, author):
    mine = [scenario(f"mine-{n}", author=author) for n in range(2)]
    theirs = scenario("theirs", status="published")
    chosen = [one.pk for one in (*mine, theirs)]
    response = ada.post(
        reverse("admin:simulator_scenario_changelist"), {"action": "export", "_selected_action": chosen}
    )
    assert response["Content-Disposition"] == 'attachment; filename="scenarios.json"'
    assert [one["slug"] for one in json.loads(response.content)] == ["mine-0", "mine-1"]


def test_whoever_sees_a_scenario_downloads_it(client, author):
    shown, draft = scenario("shown", status="published"), scenario("draft", author=author)
    response = client.get(reverse("download", args=["shown"]))
    assert response["Content-Type"] == "application/json" and 'filename="shown.json"' in response["Content-Disposition"]
    assert json.loads(response.content) == shown.document
    assert reverse("download", args=["shown"]) in client.get(shown.get_absolute_url()).content.decode()
    assert client.get(reverse("download", args=["draft"])).status_code == 404
    client.force_login(author)
    assert client.get(reverse("download", args=["draft"])).content.decode() == exchange.text_of(draft.document)


def test_an_import_takes_a_few_queries_for_each(ada, django_assert_max_num_queries):
    many = json.dumps([{"slug": f"s-{n}", "document": DOCUMENT} for n in range(20)])
    with django_assert_max_num_queries(20 * 3 + 12):
        ada.post(reverse(IMPORT), {"text": many})
    assert Scenario.objects.count() == 20
