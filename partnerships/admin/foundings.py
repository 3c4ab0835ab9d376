"""Entering the traders' association that came of a request: one form, filled in from what the request tells."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from municipalities.admin.base import person_of
from municipalities.admin.periods import day_field
from municipalities.associations import Association
from municipalities.models import Municipality, Neighbourhood, User
from partnerships.admin.steps import ACT_PAGE, handled_or_404, request_url, say_beside
from partnerships.models import Founding, ServiceRequest
from partnerships.services.foundings import (
    AlreadyFounded,
    Contact,
    FoundingNotAllowed,
    found_association,
    known_association,
    link_association,
    linkable_associations,
    may_found,
    prefilled,
)

BORN = (Association.State.IDEA, Association.State.FOUNDING, Association.State.ACTIVE)


class FoundingForm(forms.Form):
    """The association, where it stands since when, and one contact who agrees to be listed."""

    name = forms.CharField(label=_("Name of the association"), max_length=120)
    neighbourhood = forms.ModelChoiceField(label=_("Neighbourhood"), queryset=Neighbourhood.objects.none(), required=False)
    state = forms.ChoiceField(label=_("Where it stands"), choices=[(state.value, state.label) for state in BORN])
    founded_on = day_field(label=_("Since"), help_text=_("From this day the months to the follow-ups are counted."))
    enterprise_number = forms.CharField(
        label=_("Enterprise number"), max_length=20, required=False, help_text=_("Ten digits, for example 0123.456.749.")
    )
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    contact_name = forms.CharField(label=_("Contact at the association"), max_length=120, required=False)
    contact_function = forms.CharField(label=_("Function of the contact"), max_length=120, required=False)
    contact_email = forms.EmailField(label=_("Work e-mail address of the contact"), required=False)
    contact_phone = forms.CharField(label=_("Work telephone of the contact"), max_length=30, required=False)
    has_consented = forms.BooleanField(label=_("The contact agrees to be listed"), required=False)

    def __init__(self, municipality: Municipality, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        neighbourhoods = municipality.neighbourhoods.sorted_for_reader()
        cast("forms.ModelChoiceField", self.fields["neighbourhood"]).queryset = neighbourhoods

    def clean(self) -> dict[str, Any]:
        """A person is kept with their consent or not at all."""
        cleaned = super().clean() or self.cleaned_data
        named = [name for name in ("contact_name", "contact_function", "contact_email", "contact_phone") if cleaned.get(name)]
        if named and not cleaned.get("contact_name") and "contact_name" not in self.errors:
            self.add_error("contact_name", _("Please give the name too, or leave the contact out."))
        if named and not cleaned.get("has_consented"):
            self.add_error("has_consented", _("Without consent nobody is listed: ask first, or leave the contact out."))
        return cleaned

    @property
    def association(self) -> dict[str, Any]:
        """What the service wants to hear."""
        typed = self.cleaned_data
        names = ("name", "neighbourhood", "state", "founded_on", "enterprise_number", "website")
        contact = None
        if typed["contact_name"]:
            contact = Contact(typed["contact_name"], typed["contact_function"], typed["contact_email"], typed["contact_phone"])
        return {name: typed[name] for name in names} | {"contact": contact}


class LinkAssociationForm(forms.Form):
    """One of the municipality's associations in the register, and from when the follow-ups are counted."""

    association = forms.ModelChoiceField(
        label=_("Traders' association"),
        queryset=Association.objects.none(),
        empty_label="–",
        help_text=_("Those of this municipality that no other request is bound to."),
    )
    since = day_field(label=_("Worked with since"), help_text=_("From this day the months to the follow-ups are counted."))

    def __init__(self, obj: ServiceRequest, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        cast("forms.ModelChoiceField", self.fields["association"]).queryset = linkable_associations(obj)


@dataclass(frozen=True)
class Way:
    """One way to the association of a request: entered anew, or bound to one of the register; its form, its service, its words."""

    blank: Callable[[ServiceRequest], Any]
    filled: Callable[[ServiceRequest, Any], Any]
    bind: Callable[[ServiceRequest, User, Any], Founding]
    address: str
    title: Any
    explanation: Any
    button: Any
    thanks: Any


ENTER = Way(
    blank=lambda obj: FoundingForm(obj.municipality, initial=prefilled(obj)),
    filled=lambda obj, data: FoundingForm(obj.municipality, data),
    bind=lambda obj, by, form: found_association(obj, by=by, **form.association),
    address="admin:partnerships_servicerequest_found",
    title=_("Enter the association"),
    explanation=_("The association gets its place in the register of the municipality, linked to this request."),
    button=_("Enter the association"),
    thanks=_("%(name)s is entered; its follow-ups are planned."),
)
LINK = Way(
    blank=lambda obj: LinkAssociationForm(obj, initial=known_association(obj)),  # what the form of the request named
    filled=LinkAssociationForm,
    bind=lambda obj, by, form: link_association(obj, by=by, **form.cleaned_data),
    address="admin:partnerships_servicerequest_link_association",
    title=_("Link an association that exists"),
    explanation=_("It stays as it stands in the register; this request is shown beside it, and its follow-ups are planned."),
    button=_("Link the association"),
    thanks=_("%(name)s is linked; its follow-ups are planned."),
)


@require_http_methods(["GET", "HEAD", "POST"])
def found_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the association."""
    return _walk(request, pk, ENTER)


@require_http_methods(["GET", "HEAD", "POST"])
def link_association_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Bind the request to an association of the register."""
    return _walk(request, pk, LINK)


def _walk(request: HttpRequest, pk: int, way: Way) -> HttpResponse:
    """The page and its answer; the same click a second time leads to the association that is there."""
    obj = handled_or_404(request, pk)
    if founding := Founding.objects.filter(request=obj).select_related("association").first():
        return _to_association(request, founding)
    if not may_found(person_of(request), obj):
        return _refuse(request, obj)
    if request.method != "POST":
        return _page(request, obj, way, way.blank(obj))
    form = way.filled(obj, request.POST)
    return _bind(request, obj, way, form) if form.is_valid() else _page(request, obj, way, form)


def _bind(request: HttpRequest, obj: ServiceRequest, way: Way, form: forms.Form) -> HttpResponse:
    try:
        founding = way.bind(obj, person_of(request), form)
    except ValidationError as refused:
        say_beside(form, refused)
        return _page(request, obj, way, form)
    except AlreadyFounded as already:
        return _to_association(request, already.founding)
    except FoundingNotAllowed:
        return _refuse(request, obj)
    messages.success(request, way.thanks % {"name": founding.association})
    return redirect(request_url(obj))


def _refuse(request: HttpRequest, obj: ServiceRequest) -> HttpResponse:
    messages.error(request, _("That is not possible as the request stands now."))
    return redirect(request_url(obj))


def _to_association(request: HttpRequest, founding: Founding) -> HttpResponse:
    messages.info(request, _("%(name)s is already entered from this request.") % {"name": founding.association})
    return redirect("admin:municipalities_association_change", founding.association_id)


def _page(request: HttpRequest, obj: ServiceRequest, way: Way, form: forms.Form) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": way.title,
        "explanation": way.explanation,
        "object": obj,
        "form": form,
        "address": reverse(way.address, args=[obj.pk]),
        "button": way.button,
    }
    return TemplateResponse(request, ACT_PAGE, context)


def founding_urls() -> list[URLPattern]:
    view = admin.site.admin_view
    return [
        path("<int:pk>/association/", view(found_view), name="partnerships_servicerequest_found"),
        path("<int:pk>/association/link/", view(link_association_view), name="partnerships_servicerequest_link_association"),
    ]
