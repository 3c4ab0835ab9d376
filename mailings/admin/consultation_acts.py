"""The pages beside the form of a consultation: its circle and the mail before inviting, calling off, presence, minutes and actions."""

import uuid
from typing import TYPE_CHECKING, Any

from csp.decorators import csp_replace
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailings.admin.consultation_forms import ActionForm, CancelForm, MinutesForm, PresenceForm
from mailings.admin.mailing_acts import MAIL_FRAME
from mailings.rendering import portal_link, render_mail
from municipalities.admin.base import person_of
from municipalities.languages import CONTENT_LANGUAGES
from partnerships.consultation_table import StepNotAllowed, may_keep
from partnerships.models import Consultation, ConsultationAction, Event, Invitation
from partnerships.services.consultations import (
    NobodyToInvite,
    TooEarly,
    TooLate,
    cancel_consultation,
    differences_of,
    hold_consultation,
    invite_circle,
    renew_circle,
)
from partnerships.services.minutes import ActionNotYours, add_action, drop_action, finish_action, publish_minutes, write_minutes

if TYPE_CHECKING:
    from mailings.admin.consultations import ConsultationAdmin

PAGE = "admin:partnerships_consultation_change"
MINUTES = "admin:partnerships_consultation_minutes"


def urls_of(page: "ConsultationAdmin") -> list[URLPattern]:
    """The addresses of these pages, each behind the door of the administration."""
    acts = {
        "invite": require_POST(invite_view),
        "renew": require_POST(renew_view),
        "cancel": require_http_methods(["GET", "HEAD", "POST"])(cancel_view),
        "presence": require_http_methods(["GET", "HEAD", "POST"])(presence_view),
        "minutes": require_http_methods(["GET", "HEAD", "POST"])(minutes_view),
        "publish": require_POST(publish_view),
        "action": require_POST(action_view),
    }
    view = page.admin_site.admin_view
    own = [path(f"<int:pk>/{name}/", view(act), name=f"partnerships_consultation_{name}") for name, act in acts.items()]
    frame_policy: Any = csp_replace(MAIL_FRAME)  # django-csp's own type knows no view with arguments
    frame = frame_policy(require_safe(preview_view))
    preview = path("<int:pk>/preview/<str:language>/", view(frame), name="partnerships_consultation_preview")
    return [*own, preview, *_of_actions(view)]


def _of_actions(view: Any) -> list[URLPattern]:
    return [
        path("actions/<int:pk>/drop/", view(require_POST(drop_view)), name="partnerships_consultation_action_drop"),
        path("actions/<int:pk>/done/", view(require_POST(done_view)), name="partnerships_consultation_action_done"),
    ]


def circle_facts(consultation: Consultation) -> dict[str, Any]:
    """Who would be invited and who is, with the answers, for the page of the consultation."""
    standing = consultation.invitations.standing().select_related("person", "municipality").order_by("municipality", "pk")
    is_open = consultation.state in {Consultation.State.DRAFT, Consultation.State.INVITED}
    new, gone = differences_of(consultation, timezone.localdate()) if is_open else ([], [])
    invitations = list(standing)
    answers = [(label, sum(one.answer == value for one in invitations)) for value, label in Invitation.Answer.choices]
    waiting = sum(one.waiting is not None for one in invitations)
    return {"new": new, "gone": gone, "invitations": invitations, "answers": answers, "waiting": waiting}


def _found(request: HttpRequest, pk: int, *, writing: bool = True) -> Consultation:
    """404 for who may see none, 403 for who may only look."""
    found = get_object_or_404(Consultation.objects.visible_to(person_of(request)), pk=pk)
    if writing and not may_keep(person_of(request)):
        raise PermissionDenied
    return found


def preview_view(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """The invitation as it would arrive, with links that lead nowhere yet."""
    found = _found(request, pk, writing=False)
    if language not in CONTENT_LANGUAGES:
        raise Http404
    context = {
        "consultation": found,
        "event": None,
        "recipient": person_of(request),
        "role": "alderman",
        "is_taken_off": False,
        "action": None,
        "given": None,
        "days_left": 0,
        "answers": [{"label": label, "url": "#"} for _value, label in Invitation.CHOICES],
        "link": portal_link("consultation", found.key),
        "link_label": _("Open the consultation"),
    }
    return HttpResponse(render_mail(Event.Verb.CONSULTATION_INVITED, language=language, key=uuid.uuid4(), context=context).html)


def invite_view(request: HttpRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    try:
        invite_circle(found, by=person_of(request))
    except NobodyToInvite:
        messages.error(request, _("Nobody in office fits this circle: nobody was invited."))
    except TooLate:
        messages.error(request, _("It lies in the past: please choose another moment first."))
    except StepNotAllowed:
        messages.error(request, _("This was done already, or cannot be done any more."))
    else:
        messages.success(request, _("The invitations are on their way."))
    return redirect(PAGE, found.pk)


def renew_view(request: HttpRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    try:
        new, gone = renew_circle(found, by=person_of(request))
    except (StepNotAllowed, TooLate):
        messages.error(request, _("This was done already, or cannot be done any more."))
    else:
        words = [ngettext("%d person invited.", "%d people invited.", new) % new, ngettext("%d taken off.", "%d taken off.", gone) % gone]
        messages.success(request, " ".join(words))
    return redirect(PAGE, found.pk)


def cancel_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the reason in both languages, then call it off."""
    found = _found(request, pk)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_consultation(found, by=person_of(request), **form.cleaned_data)
        except StepNotAllowed:
            messages.error(request, _("This was done already, or cannot be done any more."))
        else:
            messages.success(request, _("It is called off. Everybody who had not declined is told, and their calendars drop it."))
        return redirect(PAGE, found.pk)
    return _form_page(request, found, form, _("Call off the consultation"), _("Call it off"))


def presence_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick who was there; with that it was held."""
    found = _found(request, pk)
    form = PresenceForm(request.POST if request.method == "POST" else None, consultation=found)
    if request.method == "POST" and form.is_valid():
        try:
            hold_consultation(found, by=person_of(request), attended=form.cleaned_data["attended"])
        except TooEarly:
            messages.error(request, _("It has not begun yet."))
        except StepNotAllowed:
            messages.error(request, _("This was done already, or cannot be done any more."))
        else:
            messages.success(request, _("Who was there is noted. Next: the minutes."))
            return redirect(MINUTES, found.pk)
        return redirect(PAGE, found.pk)
    return _form_page(request, found, form, _("Who was there"), _("Keep"))


def _form_page(request: HttpRequest, found: Consultation, form: forms.Form, title: str, button: str) -> HttpResponse:
    context = {"title": title, "consultation": found, "form": form, "button": button}
    return TemplateResponse(request, "admin/consultations/form.html", _site(request) | context)


def _site(request: HttpRequest) -> dict[str, Any]:
    return admin.site.each_context(request)


def minutes_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes in both languages, and what was agreed; published, they are read here as they went out."""
    found = _found(request, pk, writing=request.method == "POST")
    if found.state not in {Consultation.State.HELD, Consultation.State.PUBLISHED}:
        raise Http404
    initial = {"minutes_fr": found.minutes_fr, "minutes_nl": found.minutes_nl, "for_all": found.minutes_for_all}
    form = MinutesForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            write_minutes(found, by=person_of(request), **form.cleaned_data)
        except StepNotAllowed:
            messages.error(request, _("The minutes are published already."))
        else:
            messages.success(request, _("The minutes are kept. Nobody of a municipality reads them before you publish them."))
        return redirect(MINUTES, found.pk)
    return _minutes_page(request, found, form, ActionForm())


def _minutes_page(request: HttpRequest, found: Consultation, form: MinutesForm, action_form: ActionForm) -> HttpResponse:
    context = {
        "title": _("Minutes and actions"),
        "consultation": found,
        "form": form,
        "action_form": action_form,
        "actions": found.actions.select_related("municipality").order_by("due_on", "pk"),
        "may_write": may_keep(person_of(request)) and found.state == Consultation.State.HELD,
        "may_finish": may_keep(person_of(request)) and found.state == Consultation.State.PUBLISHED,
        "is_complete": bool(found.minutes_fr and found.minutes_nl),
    }
    return TemplateResponse(request, "admin/consultations/minutes.html", _site(request) | context)


def publish_view(request: HttpRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    try:
        publish_minutes(found, by=person_of(request))
    except ValidationError:
        messages.error(request, _("Please write the minutes in both languages first."))
    except StepNotAllowed:
        messages.error(request, _("This was done already, or cannot be done any more."))
    else:
        messages.success(request, _("The minutes are published, and whoever is to do something is told."))
    return redirect(MINUTES, found.pk)


def action_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Note one action; what cannot be is said beside its field, and the words stay."""
    found = _found(request, pk)
    form = ActionForm(request.POST)
    if form.is_valid():
        try:
            add_action(found, form.save(commit=False), by=person_of(request))
        except StepNotAllowed:
            messages.error(request, _("The minutes are published already."))
        else:
            messages.success(request, _("The action is noted."))
        return redirect(MINUTES, found.pk)
    initial = {"minutes_fr": found.minutes_fr, "minutes_nl": found.minutes_nl, "for_all": found.minutes_for_all}
    return _minutes_page(request, found, MinutesForm(initial=initial), form)


def _action(request: HttpRequest, pk: int) -> ConsultationAction:
    visible = ConsultationAction.objects.visible_to(person_of(request)).select_related("consultation")
    return get_object_or_404(visible, pk=pk)


def drop_view(request: HttpRequest, pk: int) -> HttpResponse:
    action = _action(request, pk)
    try:
        drop_action(action, by=person_of(request))
    except StepNotAllowed as error:
        raise PermissionDenied from error
    return redirect(reverse(MINUTES, args=[action.consultation_id]))


def done_view(request: HttpRequest, pk: int) -> HttpResponse:
    action = _action(request, pk)
    try:
        finish_action(action, by=person_of(request))
    except ActionNotYours as error:
        raise PermissionDenied from error
    return redirect(reverse(MINUTES, args=[action.consultation_id]))
