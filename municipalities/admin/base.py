"""What every page of the administration shares: capped counts, checkboxes for lists, histories, and no surprise at a clash."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError, models
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from municipalities.admin.exports import CHUNK, FORMATS, Column, lines_of
from municipalities.admin.forms import SpeakingForm
from municipalities.admin.history import changes_of
from municipalities.http import show_people
from municipalities.languages import content_language
from municipalities.models import Municipality, User
from municipalities.reference import MUNICIPALITIES, sort_key

COUNTED_AT_MOST = 10_001  # beyond it the list says 'more than 10,000': an exact count reads the whole table


class CappedPaginator(Paginator):
    """Counts no further than `COUNTED_AT_MOST`, so that a list costs the same over a thousand rows and a million."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return rows.order_by()[:COUNTED_AT_MOST].count() if isinstance(rows, models.QuerySet) else len(rows)


if TYPE_CHECKING:
    from django.contrib.admin.options import BaseModelAdmin as _ModelPage
else:
    _ModelPage = object


def person_of(request: HttpRequest) -> User:
    """Who asks: behind the door of the administration nobody is unknown."""
    return cast("User", request.user)


def browser_moment() -> forms.SplitDateTimeWidget:
    """A day and an hour, each chosen from the browser's own control."""
    return forms.SplitDateTimeWidget(
        date_format="%Y-%m-%d",
        time_format="%H:%M",
        date_attrs=cast("dict[str, str]", {"type": "date", "aria-label": _("Day")}),
        time_attrs=cast("dict[str, str]", {"type": "time", "aria-label": _("Hour")}),
    )


class PortalFieldsMixin(_ModelPage):
    """Fields of pages and of rows below them."""

    formfield_overrides = {
        models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
        models.DateTimeField: {"form_class": forms.SplitDateTimeField, "widget": browser_moment()},
        models.URLField: {"widget": forms.URLInput, "assume_scheme": "https"},
    }

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        if choices_field := _checkboxes_for(db_field):
            return choices_field
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is Municipality:
            kwargs.setdefault("queryset", Municipality.objects.sorted_for_reader())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class PortalAdmin(PortalFieldsMixin, admin.ModelAdmin):
    """A list that stays fast, forms that refuse with a sentence beside the field, and a page with the history."""

    form = SpeakingForm
    actions = None
    paginator = CappedPaginator
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    save_on_top = False
    object_history_template = "admin/history.html"
    exports: Sequence[Column] = ()
    imports = ""  # which list of the import of lists brings such rows

    def get_urls(self) -> list[Any]:
        """Where there are columns to export, the list can be had as a file, with the filters and the search it shows."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        own = [path("export.<str:kind>", self.admin_site.admin_view(self.export_view), name=name)] if self.exports else []
        return [*own, *super().get_urls()]

    def export_view(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if kind not in FORMATS:
            raise Http404
        rows = self.get_changelist_instance(request).get_queryset(request)
        show_people(request, self.people_in(rows))
        return FORMATS[kind](str(self.opts.verbose_name_plural), lines_of(self.exports, rows.iterator(chunk_size=CHUNK)))

    def people_in(self, rows: Any) -> Any:
        """Whose own data an export of these rows shows; None when it shows nobody's."""
        return None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})})
        changelist = (getattr(response, "context_data", None) or {}).get("cl")
        if changelist and (keys := self.people_listed(changelist.result_list)):
            show_people(request, User.objects.filter(pk__in=keys), page="listed")
        return response

    def people_listed(self, rows: Any) -> list[int]:
        """The keys of the people whose address or telephone these rows of the list show."""
        return []

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        """The page of an object is headed by its name."""
        if original := context.get("original"):
            context |= {"title": str(original), "subtitle": None}
        context["title"] = capfirst(context["title"])
        return super().render_change_form(request, context, *args, **kwargs)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Save; when the database refuses what somebody else made impossible meanwhile, validate again and say so beside the field."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            return super().changeform_view(request, object_id, form_url, extra_context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Who changed what and when, newest first, from the history tables."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(object)s") % {"object": obj},
            "opts": self.opts,
            "object": obj,
            "module_name": self.opts.verbose_name_plural,
            "list_url": self._address("changelist"),
            "object_url": self._address("change", obj.pk),
            "changes": changes_of(*self.histories(obj)),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    def _address(self, page: str, *args: Any) -> str:
        return reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)

    def histories(self, obj: Any) -> list[Any]:
        """The querysets of historical records that belong on the history page of this object; what never changes has none."""
        if not hasattr(type(obj), "history"):
            raise Http404
        return [type(obj).history.filter(pk_of(type(obj), obj))]


def pk_of(model: type[models.Model], obj: Any) -> models.Q:
    return models.Q(**{model._meta.pk.attname: obj.pk})


class PortalInline(PortalFieldsMixin, admin.TabularInline):
    """Rows below a form, with the same fields as its pages; each field bears its label, also on a telephone."""

    template = "admin/parts_inline.html"


def _checkboxes_for(db_field: models.Field) -> forms.MultipleChoiceField | None:
    """A list of choices is ticked, never typed with commas."""
    if not isinstance(db_field, ArrayField) or not db_field.base_field.choices:
        return None
    return forms.MultipleChoiceField(
        label=capfirst(db_field.verbose_name),
        choices=db_field.base_field.choices,
        required=not db_field.blank,
        help_text=db_field.help_text,
        widget=forms.CheckboxSelectMultiple,
    )


class MunicipalityFilter(admin.SimpleListFilter):
    """One of the 19, named without asking the database, in the reader's order; `field` is the way to it from the listed model."""

    title = _("municipality")
    parameter_name = "municipality"
    field = "municipality"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        named = [(reference.code, getattr(reference, f"name_{content_language()}")) for reference in MUNICIPALITIES]
        return sorted(named, key=lambda choice: sort_key(choice[1]))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(**{f"{self.field}__code": self.value()}) if self.value() else queryset


class YesFilter(admin.SimpleListFilter):
    """A filter with one choice: only those for which it is so."""

    label: Any = ""

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("yes", self.label)]
