"""Signing in, and how often somebody may try: a password is not to be found by guessing.

Tries are counted per account and address, and per address, because a list of names can be tried as well as a list of
passwords. Only failures count for long: one that succeeds is taken back, so a class behind one address signs in
undisturbed. The counts live in this process's memory, in a cache that holds so many and no more: a table of failures
(django-axes) grows with every guess of a stranger. Source: OWASP, "Authentication Cheat Sheet".
"""

import hashlib
import unicodedata
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.http import HttpRequest

WINDOW = 600  # wall seconds from the first failure until all is forgotten
MOST_FOR_AN_ACCOUNT = 8
MOST_FROM_AN_ADDRESS = 60
TOO_OFTEN = (
    f"Too many failed sign-ins: wait {WINDOW // 60} minutes and try again. If you have forgotten your password, an "
    "administrator can set a new one."
)


class SignInForm(AuthenticationForm):
    """Name and password, if there were not too many wrong ones."""

    def clean(self) -> dict[str, Any]:
        tries = Tries(self.request, self.cleaned_data.get("username") or "")
        if tries.too_many():
            raise ValidationError(TOO_OFTEN, code="too_often")
        cleaned = super().clean()
        tries.take_back()
        return cleaned


class SignIn(LoginView):
    template_name = "account/sign_in.html"
    next_page = "library"
    authentication_form = SignInForm


class Tries:
    """The tries of one account from one address."""

    def __init__(self, request: HttpRequest | None, name: str) -> None:
        where = address_of(request)
        self._limits = {_key(where, _same(name)): MOST_FOR_AN_ACCOUNT, _key(where): MOST_FROM_AN_ADDRESS}
        self._cache = caches["sign-in"]

    def too_many(self) -> bool:
        """Count one more, and say whether that is too many. Counted before the password is looked at, so that many
        guesses at the same moment are as many tries; an account that is shut already costs its address nothing.
        """
        return any(self._count(key) > most for key, most in self._limits.items())

    def take_back(self) -> None:
        """It was the right password: the account starts anew, and the address has one try back."""
        account, where = self._limits
        self._cache.delete(account)
        if self._cache.get(where, 0) > 0:
            self._cache.decr(where)

    def _count(self, key: str) -> int:
        self._cache.add(key, 0, WINDOW)
        try:
            return self._cache.incr(key)
        except ValueError:  # it ended, or had to go, in this very moment
            self._cache.set(key, 1, WINDOW)
            return 1


def address_of(request: HttpRequest | None) -> str:
    """Where a request comes from: behind a proxy, what the proxy itself has seen, which is the last one it names."""
    if request is None:
        return ""
    if settings.HTTPS and request.META.get("HTTP_X_FORWARDED_FOR"):
        return str(request.META["HTTP_X_FORWARDED_FOR"]).rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _same(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
