"""People in the administration: accounts and roles, which only those give out who could take every role themselves."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest

from simulator.permissions import INSTRUCTORS, may

admin.site.unregister((User, Group))


def manages_people(self: Any, request: HttpRequest, obj: Any = None) -> bool:
    """The answer to whatever Django asks of the pages for people and roles."""
    return may(request.user, "", None, "manage_people")


@admin.register(User)
class PeopleAdmin(UserAdmin):
    has_module_permission = has_view_permission = manages_people
    has_add_permission = has_change_permission = has_delete_permission = manages_people

    list_display = ("username", "role", "first_name", "last_name", "email", "is_active", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    actions = ("make_instructors", "no_more_instructors")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="Role")
    def role(self, user: User) -> str:
        """The one that gives most."""
        if not user.is_active:
            return "none: not active"
        if user.is_superuser:
            return "administrator"
        if user.is_staff:
            return "staff"
        return "instructor" if INSTRUCTORS in [group.name for group in user.groups.all()] else "author"

    @admin.action(description="Make them instructors")
    def make_instructors(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        group, _ = Group.objects.get_or_create(name=INSTRUCTORS)
        group.user_set.add(*queryset)
        self.message_user(request, f"Instructors now: {_names(queryset)}.", messages.SUCCESS)

    @admin.action(description="Instructors no more")
    def no_more_instructors(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        group, _ = Group.objects.get_or_create(name=INSTRUCTORS)
        group.user_set.remove(*queryset)
        self.message_user(request, f"No instructors any more: {_names(queryset)}.", messages.SUCCESS)


@admin.register(Group)
class RolesAdmin(GroupAdmin):
    """Groups; `instructors` is the one that means something here."""

    has_module_permission = has_view_permission = manages_people
    has_add_permission = has_change_permission = has_delete_permission = manages_people


def _names(people: QuerySet[User]) -> str:
    return ", ".join(people.order_by("username").values_list("username", flat=True))
