"""The vocabulary of themes, kept by the team lead."""

from django.contrib import admin

from municipalities.admin.base import PortalAdmin
from partnerships.models import Theme


@admin.register(Theme)
class ThemeAdmin(PortalAdmin):
    list_display = ("slug", "name_fr", "name_nl")
    search_fields = ("slug", "name_fr", "name_nl")
    ordering = ("slug",)
