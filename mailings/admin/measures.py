"""Government measures, both languages side by side."""

from typing import Any, ClassVar

from django import forms
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

    audience = forms.MultipleChoiceField(
        label=_("For whom"), choices=Measure.Audience.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    is_another = forms.BooleanField(label=_("It is another measure: save it all the same"), required=False)

    def clean(self) -> dict[str, Any]:
        """Point out measures that may be the same before one is added; it is never refused to who has looked."""
        cleaned = super().clean()
        is_new = self.instance.pk is None and not cleaned.get("is_another")
        if is_new and not self.errors:
            alike = Measure.objects.alike(Measure(**{name: cleaned[name] for name in ("title_fr", "title_nl", "source_url")}))[:5]
            if names := "; ".join(f"“{one.title}” ({one.valid_from:%d/%m/%Y})" for one in alike):
                self.add_error("is_another", _("Perhaps it is there already: %(list)s. If not, tick this box and save.") % {"list": names})
        chain = cleaned.get("superseded_by")
        if chain and self.instance.pk and leads_to(chain, self.instance.pk):
            self.add_error("superseded_by", _("That measure is itself replaced by this one, directly or by way of others."))
        return cleaned


def leads_to(measure: Measure | None, wanted: int) -> bool:
    """Whether the chain of replacements from this one reaches the other."""
    seen: set[int] = set()
    while measure and measure.pk not in seen:
        if measure.pk == wanted:
            return True
        seen.add(measure.pk)
        measure = measure.superseded_by
    return False


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
        (_("For whom and when"), {"fields": ("audience", ("valid_from", "valid_until"), "superseded_by", "published_at", "is_another")}),
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
