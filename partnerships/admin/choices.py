"""The lists of answers the forms offer, kept by the team lead."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from municipalities.admin.base import PortalAdmin
from partnerships.models import Choice


@admin.register(Choice)
class ChoiceAdmin(PortalAdmin):
    """Entries are added, renamed, ordered and withdrawn; what requests keep of them never changes, so nothing is deleted."""

    list_display = ("value", "list", "name_fr", "name_nl", "position", "is_offered")
    list_filter = ("list", "is_offered")
    search_fields = ("value", "name_fr", "name_nl")
    ordering = ("list", "position", "pk")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("list", "value") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
