"""Government measures, both languages side by side."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from mailings.models import Measure
from municipalities.admin.base import PortalAdmin, YesFilter
from municipalities.admin.forms import SpeakingForm
from partnerships.admin.badges import badge


class MeasureForm(SpeakingForm):
    beside: ClassVar = {"measure_in_both_languages": "title_fr", "measure_ends_after_start": "valid_until"}


class InForceFilter(YesFilter):
    title = _("period")
    parameter_name = "in_force"
    label = _("in force today")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.in_force(timezone.localdate()) if self.value() else queryset


@admin.register(Measure)
class MeasureAdmin(PortalAdmin):
    form = MeasureForm
    list_display = ("title_column", "level", "valid_from", "valid_until", "published_column")
    list_filter = (InForceFilter, "level")
    search_fields = ("title_fr", "title_nl")
    search_help_text = _("Words of the title, in French or Dutch")
    ordering = ("-valid_from", "-pk")
    prepopulated_fields: ClassVar = {"slug": ("title_fr",)}
    fieldsets = (
        (None, {"fields": (("title_fr", "title_nl"), ("summary_fr", "summary_nl"), "slug")}),
        (_("Who decided"), {"fields": ("level", ("authority_fr", "authority_nl"), ("source_name", "source_url"))}),
        (_("For whom and when"), {"fields": ("audience", ("valid_from", "valid_until"), "superseded_by", "published_at")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A measure that no longer holds has a last day or a successor; what was published is not unsaid."""
        return False

    @admin.display(description=_("title"))
    def title_column(self, obj: Measure) -> str:
        return str(obj.title)

    @admin.display(description=_("published on"))
    def published_column(self, obj: Measure) -> Any | SafeString:
        return obj.published_at or badge(_("not published"), "warn")
