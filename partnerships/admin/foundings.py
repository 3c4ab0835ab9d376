"""Entering the traders' association that came of a request: one form, filled in from what the request tells."""

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
from municipalities.models import Municipality, Neighbourhood
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


@require_http_methods(["GET", "HEAD", "POST"])
def found_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the association; the same click a second time leads to the one that is there."""
    obj = handled_or_404(request, pk)
    if founding := Founding.objects.filter(request=obj).select_related("association").first():
        return _to_association(request, founding)
    if not may_found(person_of(request), obj):
        messages.error(request, _("That is not possible as the request stands now."))
        return redirect(request_url(obj))
    if request.method != "POST":
        return _found_page(request, obj, FoundingForm(obj.municipality, initial=prefilled(obj)))
    form = FoundingForm(obj.municipality, request.POST)
    return _found(request, obj, form) if form.is_valid() else _found_page(request, obj, form)


def _found(request: HttpRequest, obj: ServiceRequest, form: FoundingForm) -> HttpResponse:
    try:
        founding = found_association(obj, by=person_of(request), **form.association)
    except ValidationError as refused:
        say_beside(form, refused)
        return _found_page(request, obj, form)
    except AlreadyFounded as already:
        return _to_association(request, already.founding)
    except FoundingNotAllowed:
        messages.error(request, _("That is not possible as the request stands now."))
        return redirect(request_url(obj))
    messages.success(request, _("%(name)s is entered; its follow-ups are planned.") % {"name": founding.association})
    return redirect(request_url(obj))


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


@require_http_methods(["GET", "HEAD", "POST"])
def link_association_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Bind the request to an association of the register; what the form of the request named is chosen beforehand."""
    obj = handled_or_404(request, pk)
    if founding := Founding.objects.filter(request=obj).select_related("association").first():
        return _to_association(request, founding)
    if not may_found(person_of(request), obj):
        messages.error(request, _("That is not possible as the request stands now."))
        return redirect(request_url(obj))
    if request.method != "POST":
        return _link_page(request, obj, LinkAssociationForm(obj, initial=known_association(obj)))
    form = LinkAssociationForm(obj, request.POST)
    return _linked(request, obj, form) if form.is_valid() else _link_page(request, obj, form)


def _linked(request: HttpRequest, obj: ServiceRequest, form: LinkAssociationForm) -> HttpResponse:
    try:
        founding = link_association(obj, by=person_of(request), **form.cleaned_data)
    except ValidationError as refused:
        say_beside(form, refused)
        return _link_page(request, obj, form)
    except AlreadyFounded as already:
        return _to_association(request, already.founding)
    except FoundingNotAllowed:
        messages.error(request, _("That is not possible as the request stands now."))
        return redirect(request_url(obj))
    messages.success(request, _("%(name)s is linked; its follow-ups are planned.") % {"name": founding.association})
    return redirect(request_url(obj))


def _link_page(request: HttpRequest, obj: ServiceRequest, form: LinkAssociationForm) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Link an association that exists"),
        "explanation": _("It stays as it stands in the register; this request is shown beside it, and its follow-ups are planned."),
        "object": obj,
        "form": form,
        "address": reverse("admin:partnerships_servicerequest_link_association", args=[obj.pk]),
        "button": _("Link the association"),
    }
    return TemplateResponse(request, ACT_PAGE, context)


def _to_association(request: HttpRequest, founding: Founding) -> HttpResponse:
    messages.info(request, _("%(name)s is already entered from this request.") % {"name": founding.association})
    return redirect("admin:municipalities_association_change", founding.association_id)


def _found_page(request: HttpRequest, obj: ServiceRequest, form: FoundingForm) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Enter the association"),
        "explanation": _("The association gets its place in the register of the municipality, linked to this request."),
        "object": obj,
        "form": form,
        "address": reverse("admin:partnerships_servicerequest_found", args=[obj.pk]),
        "button": _("Enter the association"),
    }
    return TemplateResponse(request, ACT_PAGE, context)


def founding_urls() -> list[URLPattern]:
    view = admin.site.admin_view
    return [
        path("<int:pk>/association/", view(found_view), name="partnerships_servicerequest_found"),
        path("<int:pk>/association/link/", view(link_association_view), name="partnerships_servicerequest_link_association"),
    ]
