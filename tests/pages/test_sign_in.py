"""Signing in: a password is not found by guessing, and nobody is kept out by the guesses of somebody elsewhere."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client, override_settings

from simulator.pages import sign_in
from simulator.pages.sign_in import MOST_FOR_AN_ACCOUNT, MOST_FROM_AN_ADDRESS, address_of

pytestmark = pytest.mark.django_db

WRONG = "wrong"
PASSWORD = "correct horse battery"


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", password=PASSWORD)


def tries(name: str, password: str = WRONG, address: str = "192.0.2.1") -> Any:
    return Client(REMOTE_ADDR=address).post("/sign-in/", {"username": name, "password": password})


def is_in(response: Any) -> bool:
    return bool(response.status_code == 302)


def is_shut(response: Any) -> bool:
    return "Too many failed sign-ins" in response.content.decode()


def test_an_account_is_shut_after_so_many_wrong_passwords_also_for_the_right_one(ada):
    assert not any(is_shut(tries("ada")) for _ in range(MOST_FOR_AN_ACCOUNT))
    assert is_shut(tries("ada"))
    assert is_shut(tries("ada", PASSWORD))
    assert is_shut(tries("ＡＤＡ", PASSWORD)), "written otherwise, it is the same account"


def test_the_door_of_the_administration_is_shut_together_with_the_other(ada):
    def knock(password: str) -> Any:
        return Client(REMOTE_ADDR="192.0.2.1").post("/admin/login/", {"username": "ada", "password": password})

    assert is_in(knock(PASSWORD))
    for _ in range(MOST_FOR_AN_ACCOUNT // 2):
        tries("ada")
        knock(WRONG)
    assert is_shut(knock(PASSWORD)) and is_shut(tries("ada", PASSWORD))


def test_an_account_that_is_not_there_is_answered_alike(ada):
    for _ in range(MOST_FOR_AN_ACCOUNT):
        there, absent = tries("ada").content.decode(), tries("eve").content.decode()
        assert "Too many" not in there + absent
    assert is_shut(tries("ada")) and is_shut(tries("eve"))


def test_elsewhere_the_owner_of_a_shut_account_signs_in(ada):
    for _ in range(MOST_FOR_AN_ACCOUNT + 1):
        tries("ada")
    assert is_in(tries("ada", PASSWORD, "192.0.2.2"))


def test_the_right_password_makes_good_for_the_wrong_ones_before(ada):
    for _ in range(3):
        for _ in range(MOST_FOR_AN_ACCOUNT - 1):
            tries("ada")
        assert is_in(tries("ada", PASSWORD))


def test_a_class_behind_one_address_signs_in(ada):
    assert all(is_in(tries("ada", PASSWORD)) for _ in range(MOST_FROM_AN_ADDRESS + 5))


def test_a_list_of_names_is_no_way_around(ada):
    for number in range(MOST_FROM_AN_ADDRESS):
        tries(f"name-{number}")
    assert is_shut(tries("ada", PASSWORD))


def test_after_a_while_all_is_forgotten(ada, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sign_in, "WINDOW", 0)
    for _ in range(3 * MOST_FOR_AN_ACCOUNT):
        assert not is_shut(tries("ada"))
    assert is_in(tries("ada", PASSWORD))


def test_what_is_remembered_of_strangers_is_bounded(settings):
    settings.CACHES = settings.CACHES | {
        "sign-in": {**settings.CACHES["sign-in"], "LOCATION": "small", "OPTIONS": {"MAX_ENTRIES": 20}}
    }
    caches.close_all()
    for number in range(100):
        sign_in.Tries(None, f"name-{number}").too_many()
    assert len(caches["sign-in"]._cache) <= 20


@pytest.mark.parametrize(
    "https, forwarded, expected",
    [
        (True, "10.0.0.9, 198.51.100.7", "198.51.100.7"),
        (True, "", "192.0.2.1"),
        (False, "198.51.100.7", "192.0.2.1"),
    ],
)
def test_behind_a_proxy_the_address_is_what_the_proxy_saw(rf, https: bool, forwarded: str, expected: str):
    """What a client writes into the header itself stands before it. Source: MDN, X-Forwarded-For."""
    request = rf.get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)
    with override_settings(HTTPS=https):
        assert address_of(request) == expected
