"""The library in the administration: documents with their readers, versions and figures."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from municipalities.admin.base import MunicipalityFilter, PortalAdmin, PortalInline, person_of
from partnerships.admin.library_forms import FigureForm, LibraryItemForm
from partnerships.admin.steps import request_url
from partnerships.models import LibraryFigure, LibraryItem, ServiceRequest
from partnerships.services.library import add_item, add_version, share_item


class FigureInline(PortalInline):
    model = LibraryFigure
    form = FigureForm
    extra = 1


@admin.register(LibraryItem)
class LibraryItemAdmin(PortalAdmin):
    form = LibraryItemForm
    inlines = (FigureInline,)
    list_display = ("title_column", "kind", "municipality_column", "year_column", "scope", "owner")
    list_filter = ("kind", "scope", "owner", MunicipalityFilter)
    search_fields = ("title_fr", "title_nl")
    search_help_text = _("Words of title, summary or coverage")
    ordering = ("-year", "-pk")
    readonly_fields = ("request_column", "versions_column")
    exports = (
        (_("title in French"), lambda row: row.title_fr),
        (_("title in Dutch"), lambda row: row.title_nl),
        (_("kind"), lambda row: row.get_kind_display()),
        (_("owner"), lambda row: row.get_owner_display()),
        (_("municipality"), lambda row: row.municipality or ""),
        (_("year"), lambda row: row.year),
        (_("shared with"), lambda row: row.get_scope_display()),
    )
    fieldsets = (
        (None, {"fields": (("kind", "owner"), ("municipality", "year"), "request_column")}),
        (_("Description"), {"fields": (("title_fr", "title_nl"), ("summary_fr", "summary_nl"), ("coverage_fr", "coverage_nl"))}),
        (_("Content"), {"fields": ("languages", "licence")}),
        (_("Sharing"), {"fields": ("scope", "shared_with", ("agreed_by", "agreed_on"))}),
        (_("Files"), {"fields": ("versions_column", ("file_fr", "file_nl"), ("file_both", "file_data"))}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return LibraryItem.objects.visible_to(person_of(request)).with_owner()

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return queryset.matching(search_term), False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was shared once is not made undone; its readers can be fewer."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whose it is does not change: that is another document."""
        return (*self.readonly_fields, "owner", "municipality") if obj else self.readonly_fields

    def histories(self, obj: LibraryItem) -> list[Any]:
        return [*super().histories(obj), LibraryFigure.history.filter(item_id=obj.pk)]

    def save_model(self, request: HttpRequest, obj: LibraryItem, form: forms.ModelForm, change: bool) -> None:
        """Save what describes it; readers and files go through their services, which record them."""
        form_of_item: Any = form
        sharing, files, person = form_of_item.sharing, form_of_item.checked_files, person_of(request)
        with transaction.atomic():
            if not change:
                add_item(obj, by=person, files=files, shared_with=sharing["shared_with"])
                return
            stored = LibraryItem.objects.get(pk=obj.pk)
            obj.scope, obj.agreed_by, obj.agreed_on = stored.scope, stored.agreed_by, stored.agreed_on
            super().save_model(request, obj, form, change)
            share_item(obj, by=person, **sharing)
            if files:
                add_version(obj, by=person, files=files)

    # --- Columns --------------------------------------------------------------------------------

    @admin.display(description=_("title"))
    def title_column(self, obj: LibraryItem) -> str:
        return obj.title

    @admin.display(description=_("municipality"))
    def municipality_column(self, obj: LibraryItem) -> str:
        return str(obj.municipality or "–")

    @admin.display(description=_("year"))
    def year_column(self, obj: LibraryItem) -> str:
        return str(obj.year)

    @admin.display(description=_("request"))
    def request_column(self, obj: LibraryItem | None) -> str | SafeString:
        request = ServiceRequest.objects.filter(pk=obj.request_id).first() if obj and obj.request_id else None
        return format_html('<a href="{}">{}</a>', request_url(request), request.reference) if request else "–"

    @admin.display(description=_("kept now"))
    def versions_column(self, obj: LibraryItem | None) -> str | SafeString:
        """Every file of every version, the newest first."""
        if obj is None or obj.pk is None:
            return str(_("No file is kept yet."))
        lines = [
            (version, reverse("library_file", args=[file.key]), file.name, file.get_language_display())
            for version in obj.versions.prefetch_related("files")
            for file in version.files.all()
        ]
        return format_html_join("", '<span class="line">{} · <a href="{}">{}</a> ({})</span>', lines) or str(_("No file is kept yet."))
