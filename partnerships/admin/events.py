"""The event log: who did what and when; read, never written by hand."""

from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from municipalities.admin.base import MunicipalityFilter, PortalAdmin
from partnerships.models import Event, ServiceRequest


@admin.register(Event)
class EventAdmin(PortalAdmin):
    list_display = ("at", "verb", "subject_column", "municipality", "actor_column")
    list_display_links = None
    list_filter = ("verb", MunicipalityFilter)
    list_select_related = ("actor", "behalf_of", "municipality")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """Nothing about what a municipality only drafted: that is theirs until they submit it."""
        return Event.objects.visible_to_staff().annotate(request_reference=_reference())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("about"))
    def subject_column(self, obj: Any) -> str | SafeString:
        kind = ContentType.objects.get_for_id(obj.content_type_id)
        is_request = kind.model_class() is ServiceRequest
        words = obj.request_reference if is_request and obj.request_reference else kind.name.capitalize()
        try:
            address = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[obj.object_id])
        except NoReverseMatch:
            return str(words)
        return format_html('<a href="{}">{}</a>', address, words)

    @admin.display(description=_("who"))
    def actor_column(self, obj: Event) -> str:
        return obj.who if obj.actor else str(_("The portal itself"))


def _reference() -> models.Subquery:
    return models.Subquery(ServiceRequest.objects.filter(pk=models.OuterRef("object_id")).values("reference")[:1])
