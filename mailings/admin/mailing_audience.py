"""Who receives a mailing: chosen, counted again as often as one likes, and who is left out with the form that repairs it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from mailings.admin.audience_forms import AudienceForm, ExtraAddressForm
from mailings.audience import left_out_of, recipients_of
from mailings.circles import counted_of, listed_in, people_listed
from mailings.models import Addressee, Mailing
from mailings.services import MailingActionNotAllowed, StaleRevision, add_address, edit_mailing, remove_address
from municipalities.admin.base import person_of
from municipalities.http import show_people
from municipalities.models import User

LISTED_AT_MOST = 500
STALE = _("Somebody else changed the mailing meanwhile. What you chose is shown below: keep it once more if it is right.")


def audience_url(mailing: Mailing) -> str:
    return reverse("admin:mailings_mailing_audience", args=[mailing.pk])


class MailingAudience:
    """Part of the pages of a mailing."""

    admin_site: Any
    opts: Any
    visible_or_404: Callable[..., Mailing]
    has_change_permission: Callable[..., bool]

    def audience_urls(self) -> list[URLPattern]:
        view, place = self.admin_site.admin_view, "<int:pk>/audience/"
        return [
            path(place, view(self.audience_view), name="mailings_mailing_audience"),
            path(f"{place}count/", view(require_POST(self.count_view)), name="mailings_mailing_audience_count"),
            path(f"{place}add/", view(require_POST(self.add_address_view)), name="mailings_mailing_add_address"),
            path(f"{place}<int:address>/remove/", view(require_POST(self.remove_address_view)), name="mailings_mailing_remove_address"),
        ]

    def audience_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Look, count what is chosen without keeping it, or keep it."""
        mailing = self.visible_or_404(request, pk)
        if request.method != "POST":
            return self._audience_page(request, mailing)
        self._check_editor(request, mailing)
        form = AudienceForm(request.POST, instance=mailing)
        if not form.is_valid() or "count" in request.POST:
            return self._audience_page(request, form.mailing(), form=form, status=200 if form.is_valid() else 422)
        return self._keep(request, mailing, form)

    def count_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The numbers and those left out for what is chosen, not kept; for the page that counts along."""
        mailing = self.visible_or_404(request, pk)
        self._check_editor(request, mailing)
        form = AudienceForm(request.POST, instance=mailing)
        shown = form.mailing() if form.is_valid() else mailing
        _note_seen(request, shown)
        context = {"counted": counted_of(shown, timezone.localdate()), "is_kept": not form.has_changed()}
        return TemplateResponse(request, "admin/mailings/_audience_counted.html", context)

    def _keep(self, request: HttpRequest, mailing: Mailing, form: AudienceForm) -> HttpResponse:
        was_approved = mailing.approval_in_force() is not None
        try:
            saved = edit_mailing(mailing, by=person_of(request), revision=form.cleaned_data["revision"], fields=form.rule())
        except StaleRevision as error:
            form.add_error(None, STALE)
            form.set_revision(error.mailing.revision)
            return self._audience_page(request, form.mailing(), form=form, status=409)
        except MailingActionNotAllowed as error:
            raise PermissionDenied from error
        _tell(request, saved, was_approved=was_approved)
        return redirect(audience_url(saved))

    # --- Extra addresses ------------------------------------------------------------------------

    def add_address_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        mailing = self.visible_or_404(request, pk)
        self._check_editor(request, mailing)
        form = ExtraAddressForm(request.POST, auto_id="id_extra_%s")
        was_approved = mailing.approval_in_force() is not None
        try:
            if form.is_valid():
                add_address(mailing, by=person_of(request), **form.cleaned_data)
                _tell(request, Mailing.objects.get(pk=pk), was_approved=was_approved)
                return redirect(audience_url(mailing) + "#extra")
        except ValidationError as error:
            _speak(form, error)
        return self._audience_page(request, mailing, extra_form=form, status=422)

    def remove_address_view(self, request: HttpRequest, pk: int, address: int) -> HttpResponse:
        mailing = self.visible_or_404(request, pk)
        self._check_editor(request, mailing)
        was_approved = mailing.approval_in_force() is not None
        remove_address(mailing, address, by=person_of(request))
        _tell(request, Mailing.objects.get(pk=pk), was_approved=was_approved)
        return redirect(audience_url(mailing) + "#extra")

    # --- The page -------------------------------------------------------------------------------

    def _check_editor(self, request: HttpRequest, mailing: Mailing) -> None:
        if not self.has_change_permission(request, mailing):
            raise PermissionDenied

    def _audience_page(self, request: HttpRequest, mailing: Mailing, *, status: int = 200, **given: Any) -> HttpResponse:
        """`mailing` bears the rule that is counted, kept or not; `given` are forms as they were filled in."""
        today = timezone.localdate()
        counted = counted_of(mailing, today)
        people = list(recipients_of(mailing, today).order_by("last_name", "first_name", "pk")[:LISTED_AT_MOST])
        form = given.get("form") or AudienceForm(instance=mailing)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Who receives it"),
            "opts": self.opts,
            "mailing": mailing,
            "counted": counted,
            "listed": people_listed(mailing, people, today) + listed_in(counted.addressees),
            "listed_at_most": LISTED_AT_MOST,
            "extra": list(mailing.addressees.filter(circle=Addressee.Circle.EXTRA).select_related("added_by").order_by("pk")),
            "may_edit": self.has_change_permission(request, mailing),
            "form": form,
            "extra_form": ExtraAddressForm(auto_id="id_extra_%s"),
            "is_kept": not (form.is_bound and form.has_changed()),
        }
        _note_seen(request, mailing, people)
        return TemplateResponse(request, "admin/mailings/audience.html", context | given, status=status)


def _note_seen(request: HttpRequest, mailing: Mailing, people: list[User] | None = None) -> None:
    """For the log of whom staff saw: those listed, and those left out by name."""
    keys = [person.pk for person in people or []]
    left = [one.user.pk for one in left_out_of(mailing, timezone.localdate())]
    show_people(request, User.objects.filter(pk__in=[*keys, *left]), page="listed")


def _speak(form: forms.Form, error: ValidationError) -> None:
    """A refusal of the service beside its field, or at the head of the form."""
    for name, sentences in error.message_dict.items():
        form.add_error(name if name in form.fields else None, sentences)


def _tell(request: HttpRequest, saved: Mailing, *, was_approved: bool) -> None:
    if was_approved and saved.approval_in_force() is None:
        messages.warning(request, _("Saved. The audience changed, so the approval is void: ask for it again before sending."))
    else:
        messages.success(request, _("Saved."))
