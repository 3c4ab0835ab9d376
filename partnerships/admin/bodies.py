"""The bodies of the Region to which questions are forwarded."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from municipalities.admin.base import PortalAdmin
from municipalities.admin.forms import SpeakingForm
from partnerships.models import Body


class BodyForm(SpeakingForm):
    beside: ClassVar = {"body_replies_within_a_year": "reply_within"}


@admin.register(Body)
class BodyAdmin(PortalAdmin):
    """Nobody deletes one: what was forwarded to it stays readable. It is taken out of the list instead."""

    form = BodyForm
    fields = ("kind", ("name_fr", "name_nl"), "contact", ("email", "language"), "reply_within", "is_active")
    list_display = ("name_column", "kind", "email", "reply_within", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("name_fr__unaccent", "name_nl__unaccent")
    ordering = ("name_fr", "pk")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("name"))
    def name_column(self, obj: Body) -> str:
        return str(obj.name)
