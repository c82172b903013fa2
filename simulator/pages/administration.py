"""The site of the administration: Django's, with our door, and with nothing in it that decides for itself who may.

Whoever may write scenarios comes in, and finds what `may` gives them: an author their own scenarios, an instructor also
the runs, staff everything but people, who are a superuser's. It stands apart from `simulator.admin`, whose modules
register with it.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest

from simulator.pages.sign_in import SignInForm
from simulator.permissions import may


class Administration(AdminSite):
    site_header = site_title = "Waystation administration"
    index_title = "Scenarios, runs and people"
    site_url = "/"
    login_form = SignInForm

    def has_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "", None, "write")

    def get_urls(self) -> list[Any]:
        """Django's without the one that leads to the page of any row of any table, whoever asks."""
        return [one for one in super().get_urls() if getattr(one, "name", "") != "view_on_site"]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {"may_administer": may(request.user, "", None, "administer")}
