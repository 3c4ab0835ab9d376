"""Imports of lists in the administration: choose a list and a file, read what it would do, import all of it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from municipalities.admin.base import PortalAdmin, person_of
from municipalities.http import show_people
from municipalities.lists.models import ListImport
from municipalities.lists.rows import What
from municipalities.lists.runs import FaultyList, Outcome
from municipalities.lists.templates import FILES
from municipalities.models import User
from municipalities.turnover.faults import UnreadableFile
from partnerships.services.lists import PERMISSION, ListChanged, ListSettled, discard_list, import_list, outcome_of, upload_list

SHOWN_AT_MOST = 200
LIST_OF = {
    ListImport.Kind.OFFICIALS: "admin:municipalities_official_changelist",
    ListImport.Kind.ASSOCIATIONS: "admin:municipalities_association_changelist",
    ListImport.Kind.STREETS: "admin:municipalities_street_changelist",
}


class ListForm(forms.Form):
    kind = forms.ChoiceField(label=_("Which list"), choices=ListImport.Kind.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("File with the list"),
        help_text=_("XLSX, or CSV in UTF-8 or Windows-1252. Nothing is imported before you have read what it would do."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.TURNOVER_FILE_BYTES:
            raise forms.ValidationError(_("The file is larger than %(size)d MB.") % {"size": settings.TURNOVER_FILE_BYTES // 1024**2})
        return file


@admin.register(ListImport)
class ListImportAdmin(PortalAdmin):
    list_display = ("kind", "file_name", "by", "uploaded_at", "applied_at", "counts_column")
    list_select_related = ("by",)
    ordering = ("-pk",)

    # --- What may be seen and done --------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return ListImport.objects.visible_to(person_of(request)).defer("content")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(PERMISSION)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("what it did"))
    def counts_column(self, obj: ListImport) -> str:
        return ", ".join(f"{what.label}: {obj.counts.get(what.value, 0)}" for what in What) if obj.applied_at else "–"

    # --- Pages ----------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("template/<str:kind>.<str:format>", view(require_safe(self.template_view)), name="municipalities_listimport_template"),
            path("<int:pk>/apply/", view(require_POST(self.apply_view)), name="municipalities_listimport_apply"),
            path("<int:pk>/discard/", view(require_POST(self.discard_view)), name="municipalities_listimport_discard"),
        ]
        return own + super().get_urls()

    def _page(self, request: HttpRequest, template: str, *, status: int = 200, **given: Any) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, f"admin/lists/{template}.html", frame | given, status=status)

    def _found(self, request: HttpRequest, pk: Any) -> ListImport:
        """Load through the permission: what may not be seen does not exist."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = ListImport.objects.visible_to(person_of(request)).select_related("by").filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def template_view(self, request: HttpRequest, kind: str, format: str) -> HttpResponse:  # noqa: A002 - the word of the address
        """The list to fill in."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if kind not in ListImport.Kind.values or format not in FILES:
            raise Http404
        content_type, make = FILES[format]
        headers = {"Content-Disposition": f'attachment; filename="{kind}-template.{format}"'}
        return HttpResponse(make(kind), content_type=content_type, headers=headers)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm(initial={"kind": request.GET.get("kind")})
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                kept = upload_list(file.read(), kind=form.cleaned_data["kind"], name=file.name, by=person_of(request))
                return redirect("admin:municipalities_listimport_change", kept.pk)
            except UnreadableFile as error:
                form.add_error("file", str(error))
        return self._page(request, "upload", title=_("Import a list"), form=form, kinds=ListImport.Kind)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        listed = self._found(request, object_id if object_id.isdecimal() else None)
        if listed.applied_at is None:
            return self._preview(request, listed, outcome_of(listed))
        counts = [(what.label, listed.counts.get(what.value, 0)) for what in What]
        return self._page(request, "result", title=str(listed), listed=listed, counts=counts, list_of=LIST_OF[ListImport.Kind(listed.kind)])

    def _preview(self, request: HttpRequest, listed: ListImport, outcome: Outcome, *, status: int = 200) -> HttpResponse:
        if listed.kind == ListImport.Kind.OFFICIALS:
            addresses = [str(cells.get("email", "")).lower() for _number, cells, _formulas in listed.content["rows"]]
            show_people(request, User.objects.filter(email__in=addresses), page="listed")
        return self._page(
            request,
            "preview",
            status=status,
            title=_("What this list would do"),
            listed=listed,
            plan=outcome,
            faults=outcome.faults[:SHOWN_AT_MOST],
            lines=[line for line in outcome.lines if line.what != What.SAME][:SHOWN_AT_MOST],
            counts=[(what.label, outcome.counts[what.value]) for what in What],
        )

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The page of an import is its history."""
        found = self._found(request, object_id if object_id.isdecimal() else None)
        return redirect("admin:municipalities_listimport_change", found.pk)

    # --- Acts -----------------------------------------------------------------------------------

    def apply_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        listed = self._found(request, pk)
        try:
            import_list(listed, by=person_of(request), shown=request.POST.get("shown", ""))
        except ListSettled:
            messages.warning(request, _("This file was imported already."))
        except (ListChanged, FaultyList):
            messages.error(request, _("The register changed after this page was shown. Nothing was imported; please read it again."))
        else:
            messages.success(request, _("Imported, the whole list."))
        return redirect("admin:municipalities_listimport_change", pk)

    def discard_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        listed = self._found(request, pk)
        if listed.applied_at:
            raise Http404
        discard_list(listed, by=person_of(request))
        messages.success(request, _("The file was thrown away. Nothing was imported."))
        return redirect("admin:municipalities_listimport_changelist")
