"""Privacy requests for administrators: who saw what, who was erased, and the page that exports or erases a person."""

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from config.privacy.access import record_access
from config.privacy.erasure import ErasureRefused, erase_person, preview_erasure, refusal
from config.privacy.export import data_of
from config.privacy.models import Erasure, PersonalDataAccess
from municipalities.admin.base import PortalAdmin, person_of
from municipalities.http import show_people
from municipalities.models import User

HANDLE = "privacy.handle_privacy_requests"


class KeptByThePortal(PortalAdmin):
    """Read here, written by the portal alone."""

    list_display_links = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(PersonalDataAccess)
class PersonalDataAccessAdmin(KeptByThePortal):
    list_display = ("at", "actor_column", "page", "whose_column", "request_id")
    list_filter = ("page",)
    list_select_related = ("actor", "person", "association")
    search_fields = ("person__last_name",)
    search_help_text = _("Name or address of the person whose data were seen")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        words = search_term.strip()
        return (queryset.filter(person__in=User.objects.matching(words)) if words else queryset), False

    @admin.display(description=_("whose data"))
    def whose_column(self, obj: PersonalDataAccess) -> str:
        return str(obj.person or obj.association)

    @admin.display(description=_("who"))
    def actor_column(self, obj: PersonalDataAccess) -> str:
        return str(obj.actor or _("A command on the server"))


class FindForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address of the person"))


class EraseForm(forms.Form):
    """The second question: whoever erases types the address once more."""

    email = forms.EmailField(label=_("Type the address of the person once more"))
    basis = forms.ChoiceField(
        choices=[choice for choice in Erasure.Basis.choices if choice[0] in (Erasure.Basis.ASKED, Erasure.Basis.MISTAKE)], label=_("Why")
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if email.lower() != self.person.email.lower():
            raise forms.ValidationError(_("This is not the address of this person."))
        return email


@admin.register(Erasure)
class ErasureAdmin(KeptByThePortal):
    list_display = ("at", "person", "basis", "by_column")
    list_filter = ("basis",)
    list_select_related = ("person", "by")
    change_list_template = "admin/privacy/requests.html"

    def get_urls(self) -> list[URLPattern]:
        views = [
            path("find/", require_POST(self.find), name="privacy_find"),
            path("people/<uuid:key>/", require_GET(self.person_page), name="privacy_person"),
            path("people/<uuid:key>/export/", require_POST(self.export), name="privacy_export"),
            path("people/<uuid:key>/erase/", self.erase, name="privacy_erase"),
        ]
        wrapped = [path(str(v.pattern), self.admin_site.admin_view(v.callback), name=v.name) for v in views]
        return wrapped + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        extra = {"title": _("Privacy requests"), "find_form": FindForm(), "may_handle": request.user.has_perm(HANDLE)}
        return super().changelist_view(request, extra | (extra_context or {}))

    def find(self, request: HttpRequest) -> HttpResponse:
        """By the whole address, sent in the body so that no log keeps it."""
        self._only_who_may(request)
        form = FindForm(request.POST)
        person = User.objects.filter(email__iexact=form.cleaned_data["email"]).first() if form.is_valid() else None
        if person is None:
            messages.error(request, _("Nobody has this address."))
            return redirect("admin:privacy_erasure_changelist")
        return redirect("admin:privacy_person", key=person.key)

    def person_page(self, request: HttpRequest, key: Any) -> HttpResponse:
        """What is held and what an erasure would do, before anything is done."""
        person = self._person(request, key)
        show_people(request, User.objects.filter(pk=person.pk), page=PersonalDataAccess.Page.PERSON)
        return self._page(request, "admin/privacy/person.html", person, preview=preview_erasure(person))

    def export(self, request: HttpRequest, key: Any) -> HttpResponse:
        person = self._person(request, key)
        record_access(User.objects.filter(pk=person.pk), by=person_of(request), page=PersonalDataAccess.Page.EXPORT)
        content = json.dumps(data_of(person), ensure_ascii=False, indent=2)
        headers = {"Content-Disposition": f'attachment; filename="person-{person.pk}.json"', "Cache-Control": "no-store, private"}
        return HttpResponse(content, content_type="application/json", headers=headers)

    def erase(self, request: HttpRequest, key: Any) -> HttpResponse:
        """Asked twice: the button on the page of the person leads here, where the address is typed once more."""
        person = self._person(request, key)
        form = EraseForm(request.POST or None, person=person)
        if request.method != "POST" or not form.is_valid():
            return self._page(request, "admin/privacy/erase.html", person, form=form)
        try:
            erase_person(person, by=person_of(request), basis=form.cleaned_data["basis"])
        except ErasureRefused as refused:
            messages.error(request, refused.reason)
            return redirect("admin:privacy_person", key=person.key)
        messages.success(request, _("Erased. What the person did stays under number %(number)d.") % {"number": person.pk})
        return redirect("admin:privacy_erasure_changelist")

    def _page(self, request: HttpRequest, template: str, person: User, **context: Any) -> HttpResponse:
        frame = self.admin_site.each_context(request)
        title = _("Data of %(person)s") % {"person": person}
        return TemplateResponse(
            request, template, {**frame, "title": title, "opts": self.opts, "person": person, "refusal": refusal(person), **context}
        )

    def _person(self, request: HttpRequest, key: Any) -> User:
        self._only_who_may(request)
        return get_object_or_404(User, key=key)

    def _only_who_may(self, request: HttpRequest) -> None:
        if not request.user.has_perm(HANDLE):
            raise PermissionDenied

    @admin.display(description=_("by"))
    def by_column(self, obj: Erasure) -> str:
        return str(obj.by or _("The portal itself"))
