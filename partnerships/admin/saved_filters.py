"""The saved filters of an officer: above the worklist with what each would show, and a page to rename and delete them."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Value
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from municipalities.admin.base import person_of
from municipalities.models import User
from partnerships.models import Kind, SavedFilter, ServiceRequest
from partnerships.services.saved_filters import delete_filter, rename_filter, save_filter
from partnerships.worklists import Worklist, on_worklist

COUNTED_TO = 100
PARTS = ("list", "state", "kind__exact", "municipality", "q")  # what of an address is kept

if TYPE_CHECKING:
    from municipalities.admin.base import PortalAdmin as _Pages
else:
    _Pages = object


class NameForm(forms.Form):
    """A name, and the address it stands for."""

    name = forms.CharField(label=_("Name of the filter"), max_length=40)


@dataclass(frozen=True)
class Shown:
    """A saved filter above the list: how many requests it finds, counted no further than is worth reading."""

    saved: SavedFilter
    count: int

    @property
    def words(self) -> str:
        return f"{COUNTED_TO - 1}+" if self.count >= COUNTED_TO else str(self.count)


def kept_query(given: QueryDict) -> str:
    """The parts of an address that are a filter, in one order; pages and anything else are left out."""
    kept = QueryDict(mutable=True)
    for part in PARTS:
        if value := given.get(part, "").strip():
            kept[part] = value
    return kept.urlencode()


def found_by(query: str, user: User) -> Any:
    """The requests a saved filter finds for this person today: through what they may see, like the list itself."""
    given = QueryDict(query)
    name = given.get("list", "")
    found = on_worklist(ServiceRequest.objects.visible_to(user), name if name in Worklist.values else Worklist.OPEN, user)
    if state := given.get("state"):
        found = found.filter(state=state)
    if (kind := given.get("kind__exact")) in Kind.values:
        found = found.filter(kind=kind)
    if place := given.get("municipality"):
        found = found.filter(municipality__code=place)
    return found.matching(given["q"]) if given.get("q") else found


def shown_to(user: User) -> list[Shown]:
    """One's own filters with their counts, all counted in one query."""
    saved = list(SavedFilter.objects.visible_to(user))
    parts = [
        found_by(one.query, user).order_by().annotate(which=Value(one.pk)).values_list("which", flat=True)[:COUNTED_TO] for one in saved
    ]
    counts = Counter(parts[0].union(*parts[1:], all=True)) if parts else Counter()
    return [Shown(one, counts[one.pk]) for one in saved]


class SavedFilterPages(_Pages):
    """Addresses below the worklist; what is another's does not exist there."""

    def saved_filter_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("filters/", view(require_safe(self.filters_view)), name="partnerships_savedfilter_mine"),
            path("filters/save/", view(require_POST(self.save_filter_view)), name="partnerships_savedfilter_save"),
            path("filters/<int:pk>/rename/", view(require_POST(self.rename_filter_view)), name="partnerships_savedfilter_rename"),
            path("filters/<int:pk>/delete/", view(require_POST(self.delete_filter_view)), name="partnerships_savedfilter_delete"),
        ]

    def saved_filters_of(self, request: HttpRequest) -> dict[str, Any]:
        """What the worklist shows of them."""
        query = kept_query(request.GET)
        shown = shown_to(person_of(request))
        return {"saved_filters": shown, "kept_query": query, "is_saved": any(one.saved.query == query for one in shown)}

    def filters_view(self, request: HttpRequest) -> HttpResponse:
        self._may_look(request)
        return self._filters_page(request)

    def save_filter_view(self, request: HttpRequest) -> HttpResponse:
        """Kept, and back on the list as it was; what is refused comes back with its words."""
        self._may_look(request)
        form, query = NameForm(request.POST), kept_query(QueryDict(request.POST.get("query", "")))
        if form.is_valid():
            try:
                save_filter(by=person_of(request), name=form.cleaned_data["name"], query=query)
                messages.success(request, _("The filter is saved, for you alone."))
                return redirect(f"{self._worklist()}?{query}")
            except ValidationError as error:
                form.add_error("name", error.messages)
        return self._filters_page(request, form=form, query=query)

    def rename_filter_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        saved, form = self._own_filter(request, pk), NameForm(request.POST, auto_id=f"id_{pk}_%s")
        if form.is_valid():
            try:
                rename_filter(saved, by=person_of(request), name=form.cleaned_data["name"])
                messages.success(request, _("The filter has its new name."))
                return redirect("admin:partnerships_savedfilter_mine")
            except ValidationError as error:
                form.add_error("name", error.messages)
        return self._filters_page(request, renamed=(pk, form))

    def delete_filter_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        delete_filter(self._own_filter(request, pk), by=person_of(request))
        messages.success(request, _("The filter is deleted; the requests are untouched."))
        return redirect("admin:partnerships_savedfilter_mine")

    def _filters_page(
        self, request: HttpRequest, form: NameForm | None = None, query: str = "", renamed: tuple[int, NameForm] | None = None
    ) -> HttpResponse:
        forms_of = dict([renamed]) if renamed else {}
        rows = [
            (one, forms_of.get(one.saved.pk) or NameForm(initial={"name": one.saved.name}, auto_id=f"id_{one.saved.pk}_%s"))
            for one in shown_to(person_of(request))
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("My saved filters"),
            "opts": self.opts,
            "rows": rows,
            "form": form,
            "kept_query": query,
        }
        return TemplateResponse(request, "admin/partnerships/servicerequest/saved_filters.html", context)

    def _may_look(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _own_filter(self, request: HttpRequest, pk: int) -> SavedFilter:
        self._may_look(request)
        saved = SavedFilter.objects.visible_to(person_of(request)).filter(pk=pk).first()
        if saved is None:
            raise Http404
        return saved

    @staticmethod
    def _worklist() -> str:
        return reverse("admin:partnerships_servicerequest_changelist")
