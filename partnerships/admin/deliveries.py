"""From the page of a request into the library: delivering a document, noting what was exchanged."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from municipalities.admin.base import person_of
from municipalities.admin.periods import day_field
from partnerships.admin.library_forms import LibraryItemForm
from partnerships.admin.steps import ACT_PAGE, handled_or_404, request_url, say_beside
from partnerships.models import DataRequestDetails, Exchange, LibraryItem, ServiceRequest
from partnerships.services.library import DeliveryNotAllowed, deliver_document, may_deliver, record_exchange

Sharing = DataRequestDetails.Sharing
SCOPE_OF = {
    Sharing.PARTIES.value: LibraryItem.Scope.OWN,
    Sharing.MUNICIPALITIES.value: LibraryItem.Scope.ALL,
    Sharing.PUBLIC.value: LibraryItem.Scope.PUBLIC,
}


class DeliveryForm(LibraryItemForm):
    """A document that came of a request: its municipality is that of the request."""

    class Meta(LibraryItemForm.Meta):
        fields: ClassVar[tuple[str, ...]] = tuple(name for name in LibraryItemForm.Meta.fields if name != "municipality")

    field_order = (*Meta.fields, "scope", "shared_with", "agreed_by", "agreed_on", "file_fr", "file_nl", "file_both", "file_data")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not self.checked_files:
            self.add_error("file_fr", _("Please choose at least one file."))
        return cleaned


class ExchangeForm(forms.Form):
    direction = forms.ChoiceField(label=_("Direction"), choices=Exchange.Direction.choices, initial=Exchange.Direction.RECEIVED)
    what = forms.CharField(label=_("What was exchanged"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    on = day_field(label=_("On"))
    conditions = forms.CharField(label=_("Conditions of use"), max_length=300, required=False)


def _blank(obj: ServiceRequest) -> LibraryItem:
    """What the request tells of the document: whose it is, its title in the language in which it was asked, who was to see it."""
    owner = LibraryItem.Owner.MUNICIPALITY if obj.is_from_agency else LibraryItem.Owner.AGENCY
    item = LibraryItem(municipality=obj.municipality, request=obj, owner=owner, year=timezone.localdate().year)
    setattr(item, f"title_{obj.language}", obj.title)
    setattr(item, f"coverage_{obj.language}", obj.area[:200])
    wished = getattr(obj, "data_request", None)
    item.scope = SCOPE_OF.get(wished.sharing, item.scope) if wished else item.scope
    return item


@require_http_methods(["GET", "HEAD", "POST"])
def deliver_view(request: HttpRequest, pk: int) -> HttpResponse:
    obj = handled_or_404(request, pk)
    if not may_deliver(person_of(request), obj):
        return _refused(request, obj)
    is_sent = request.method == "POST"
    form = DeliveryForm(request.POST if is_sent else None, request.FILES if is_sent else None, instance=_blank(obj))
    if not is_sent or not form.is_valid():
        return _deliver_page(request, obj, form)
    try:
        sharing = form.sharing["shared_with"]
        deliver_document(obj, by=person_of(request), item=form.instance, files=form.checked_files, shared_with=sharing)
    except ValidationError as refused:
        say_beside(form, refused)
        return _deliver_page(request, obj, form)
    except DeliveryNotAllowed:
        return _refused(request, obj)
    messages.success(request, _("The document is in the library, and the municipality hears of it."))
    return redirect(f"{request_url(obj)}#exchanges-heading")


@require_http_methods(["GET", "HEAD", "POST"])
def exchange_view(request: HttpRequest, pk: int) -> HttpResponse:
    obj = handled_or_404(request, pk)
    if not may_deliver(person_of(request), obj):
        return _refused(request, obj)
    form = ExchangeForm(request.POST if request.method == "POST" else None, initial={"on": timezone.localdate()})
    if request.method != "POST" or not form.is_valid():
        return _exchange_page(request, obj, form)
    try:
        record_exchange(obj, by=person_of(request), **form.cleaned_data)
    except ValidationError as refused:
        say_beside(form, refused)
        return _exchange_page(request, obj, form)
    except DeliveryNotAllowed:
        return _refused(request, obj)
    messages.success(request, _("The exchange is noted."))
    return redirect(f"{request_url(obj)}#exchanges-heading")


def _refused(request: HttpRequest, obj: ServiceRequest) -> HttpResponse:
    messages.error(request, _("That is not possible as the request stands now."))
    return redirect(request_url(obj))


def _deliver_page(request: HttpRequest, obj: ServiceRequest, form: forms.BaseForm) -> HttpResponse:
    explanation = _("The municipality gets a mail with the link. Others read it only as far as it is shared with them.")
    return _page(request, obj, form, "deliver", title=_("Deliver to the library"), explanation=explanation, button=_("Deliver"))


def _exchange_page(request: HttpRequest, obj: ServiceRequest, form: forms.BaseForm) -> HttpResponse:
    explanation = _("For what goes from one side to the other without coming into the library, such as a raw list.")
    return _page(request, obj, form, "exchange", title=_("Note an exchange"), explanation=explanation, button=_("Note it"))


def _page(request: HttpRequest, obj: ServiceRequest, form: forms.BaseForm, act: str, **words: Any) -> HttpResponse:
    address = reverse(f"admin:partnerships_servicerequest_{act}", args=[obj.pk])
    context = {**admin.site.each_context(request), "object": obj, "form": form, "address": address, **words}
    return TemplateResponse(request, ACT_PAGE, context)


def delivery_urls() -> list[URLPattern]:
    view = admin.site.admin_view
    return [
        path("<int:pk>/deliver/", view(deliver_view), name="partnerships_servicerequest_deliver"),
        path("<int:pk>/exchange/", view(exchange_view), name="partnerships_servicerequest_exchange"),
    ]
