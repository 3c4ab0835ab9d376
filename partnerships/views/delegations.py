"""'My delegates' for mayors and aldermen, and the page on which a delegate accepts or declines."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from municipalities.delegations import Delegation
from municipalities.http import PersonRequest
from municipalities.models import Mandate, User
from partnerships.forms.delegations import DelegateForm
from partnerships.services.delegations import (
    DelegationNotAllowed,
    accept_delegation,
    decline_delegation,
    invite_delegate,
    revoke_delegation,
)


def _political(user: User) -> list[Mandate]:
    """The mandates a person may delegate from today; 404 for everybody else."""
    mandates = [mandate for mandate in user.mandates_on(timezone.localdate()) if mandate.role in Mandate.POLITICAL]
    if not mandates or user.is_staff:
        raise Http404
    return mandates


@require_http_methods(["GET", "HEAD", "POST"])
def delegates(request: PersonRequest) -> HttpResponse:
    """Who acts in the reader's name, and the form to name one more."""
    mandates = _political(request.user)
    form = DelegateForm(mandates, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and (invited := _invited(request, form)):
        words = {"name": invited.delegate.full_name}
        messages.success(request, _("%(name)s is invited by mail. Nothing is open to them before they accept.") % words)
        return redirect("delegates")
    today = timezone.localdate()
    given = [(delegation, delegation.state_on(today)) for delegation in Delegation.objects.given_by(request.user).newest_first()]
    context = {
        "form": form,
        "standing": [row for row in given if row[1] in {Delegation.State.INVITED, Delegation.State.IN_FORCE}],
        "past": [row for row in given if row[1] not in {Delegation.State.INVITED, Delegation.State.IN_FORCE}],
    }
    return render(request, "partnerships/delegations/delegates.html", context)


def _invited(request: PersonRequest, form: DelegateForm) -> Delegation | None:
    """The delegation made, or None with the reason beside its field."""
    fields = dict(form.cleaned_data)
    try:
        return invite_delegate(fields.pop("mandate"), by=request.user, **fields)
    except ValidationError as refusal:
        for name, errors in refusal.message_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    except DelegationNotAllowed as refusal:
        raise Http404 from refusal
    return None


@require_http_methods(["GET", "HEAD", "POST"])
def delegate_revoke(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Take a delegation back, or hand it back; it ends at once."""
    mine = Delegation.objects.given_by(request.user) | Delegation.objects.filter(delegate=request.user)
    delegation = get_object_or_404(mine, key=key)
    page = "invitations" if delegation.delegate_id == request.user.pk else "delegates"
    if request.method != "POST":
        return redirect(page)
    try:
        revoke_delegation(delegation, by=request.user)
    except DelegationNotAllowed:
        messages.info(request, _("This delegation had already ended."))
    else:
        messages.success(request, _("The delegation has ended, as of this moment."))
    return redirect(page if page == "delegates" or request.user.standings_on(timezone.localdate()) else "home")


@require_safe
def invitations(request: PersonRequest) -> HttpResponse:
    """What others ask the reader to do in their name."""
    today = timezone.localdate()
    mine = Delegation.objects.filter(delegate=request.user).newest_first()
    context = {"open": mine.invited(today), "in_force": mine.in_force(today)}
    return render(request, "partnerships/delegations/invitations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    delegation = get_object_or_404(Delegation, key=key, delegate=request.user)
    if request.method != "POST":
        return redirect("invitations")
    try:
        accepted = accept_delegation(delegation, by=request.user)
    except DelegationNotAllowed:
        messages.info(request, _("This invitation is no longer open."))
        return redirect("invitations")
    messages.success(request, _("You may now act in the name of %(name)s.") % {"name": accepted.mandate.user.full_name})
    return redirect("home")


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_decline(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    delegation = get_object_or_404(Delegation, key=key, delegate=request.user)
    if request.method != "POST":
        return redirect("invitations")
    try:
        decline_delegation(delegation, by=request.user)
    except DelegationNotAllowed:
        messages.info(request, _("This invitation is no longer open."))
    else:
        messages.success(request, _("You have declined. Nothing was opened to you."))
    return redirect("invitations")
