"""Consultations in the portal: what is coming, what was said, one's own answer, and the calendar that a programme fetches."""

import datetime as dt
import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from municipalities.http import PersonRequest
from municipalities.models import User
from partnerships.calendars import calendar_file
from partnerships.forms.consultations import AnswerForm
from partnerships.models import Consultation, ConsultationAction, ConsultationFile, FeedToken, Invitation
from partnerships.models.consultations import ConsultationQuerySet
from partnerships.services.invitations import AnswerNotAllowed, answer_invitation, may_answer
from partnerships.services.minutes import ActionNotYours, finish_action
from partnerships.uploads import serve_private
from partnerships.views.feeds import private_feed

PAGE_SIZE = 15
EPOCH, MICROSECOND = dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.timedelta(microseconds=1)
MOST_COMING = 30  # nobody is invited to more at a time


@require_safe
def consultations(request: PersonRequest) -> HttpResponse:
    """What is coming, the next first; below, what lies behind, the last first, walked by keys."""
    now = timezone.now()
    visible = Consultation.objects.visible_to(request.user)
    coming = list(visible.coming(now).order_by("starts_at", "pk")[:MOST_COMING])
    past = list(_before(visible.past(now), request.GET.get("before", "")).order_by("-starts_at", "-pk")[: PAGE_SIZE + 1])
    shown = past[:PAGE_SIZE]
    own = {
        one.consultation_id: one for one in Invitation.objects.standing().filter(person=request.user, consultation__in=[*coming, *shown])
    }
    actions = ConsultationAction.objects.visible_to(request.user).open().held_by(request.user, timezone.localdate())
    context = {
        "coming": [(one, own.get(one.pk)) for one in coming],
        "past": [(one, own.get(one.pk)) for one in shown],
        "older": _key(shown[-1]) if len(past) > PAGE_SIZE else "",
        "is_first": "before" not in request.GET,
        "actions": actions.select_related("consultation", "municipality").order_by("due_on", "pk")[:PAGE_SIZE],
    }
    return render(request, "partnerships/consultations/consultations.html", context)


def _key(last: Consultation) -> str:
    return f"{(last.starts_at - EPOCH) // MICROSECOND}-{last.pk}"


def _before(past: ConsultationQuerySet, key: str) -> ConsultationQuerySet:
    """What comes after the key in the list; a key that makes no sense is none."""
    moment, _dash, pk = key.partition("-")
    if not (moment.isdecimal() and pk.isdecimal() and len(moment) < 18 and len(pk) < 19):
        return past
    at = EPOCH + int(moment) * MICROSECOND
    return past.filter(starts_at__lte=at).exclude(starts_at=at, pk__gte=int(pk))


@require_safe
def consultation(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Everything of one consultation that the reader may know; who else comes is told as municipalities, never as people."""
    return _page(request, _visible(request, key))


def _visible(request: PersonRequest, key: uuid.UUID) -> Consultation:
    return get_object_or_404(Consultation.objects.visible_to(request.user), key=key)


def _page(request: PersonRequest, shown: Consultation, form: AnswerForm | None = None) -> HttpResponse:
    invitation = shown.invitations.standing().select_related("consultation").filter(person=request.user).first()
    is_open = invitation is not None and may_answer(request.user, invitation)
    if invitation is not None and form is None and is_open:
        form = AnswerForm(given=invitation)
    may_read = shown.state == Consultation.State.PUBLISHED
    today = timezone.localdate()
    mine = set(ConsultationAction.objects.held_by(request.user, today).filter(consultation=shown).values_list("pk", flat=True))
    actions = list(shown.actions.select_related("municipality").order_by("due_on", "pk")) if may_read else []
    context = {
        "consultation": shown,
        "invitation": invitation,
        "is_invited": invitation is not None or request.user.is_staff,
        "form": form if is_open else None,
        "files": shown.files.order_by("pk"),
        "coming_from": _coming_from(shown),
        "may_read": may_read,
        "actions": [(action, action.pk in mine and action.done_on is None, action.is_late(today)) for action in actions],
    }
    return render(request, "partnerships/consultations/consultation.html", context)


def _coming_from(shown: Consultation) -> list[str]:
    """The municipalities from which somebody comes, each once."""
    seated = shown.invitations.seated().select_related("municipality")
    return sorted({str(one.municipality) for one in seated})


@require_POST
def consultation_answer(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Answer one's own invitation."""
    shown = _visible(request, key)
    invitation = shown.invitations.standing().filter(person=request.user).first()
    if invitation is None:
        raise Http404
    form = AnswerForm(request.POST, given=invitation)
    if not form.is_valid():
        return _page(request, shown, form)
    try:
        answered = answer_invitation(invitation, by=request.user, way=Invitation.Way.PORTAL, **form.cleaned_data)
    except AnswerNotAllowed:
        messages.error(request, _("This consultation can no longer be answered."))
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, shown, form)
    else:
        waits = answered.waiting is not None
        messages.success(request, _("All places are taken: you are on the waiting list.") if waits else _("Your answer is kept."))
    return redirect("consultation", key=shown.key)


@require_safe
def consultation_file(request: PersonRequest, key: uuid.UUID) -> HttpResponseBase:
    """A document of a consultation the reader may see, as a file to keep."""
    visible = ConsultationFile.objects.filter(consultation__in=Consultation.objects.visible_to(request.user).order_by())
    file = get_object_or_404(visible.exclude(file=""), key=key)
    return serve_private(file.file, filename=file.name, content_type=file.content_type)


@require_POST
def action_done(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Tick what one's municipality was to do."""
    visible = ConsultationAction.objects.visible_to(request.user).select_related("consultation")
    action = get_object_or_404(visible, key=key)
    try:
        finish_action(action, by=request.user)
    except ActionNotYours as error:
        raise Http404 from error
    messages.success(request, _("Thank you: this is noted as done."))
    is_readable = Consultation.objects.visible_to(request.user).filter(pk=action.consultation_id).exists()
    return redirect("consultation", key=action.consultation.key) if is_readable else redirect("consultations")


@private_feed(FeedToken.Kind.CALENDAR)
def calendar_feed(request: HttpRequest, person: User) -> HttpResponse:
    """The person's own consultations of the last months and to come, called off ones marked so."""
    since = timezone.now() - dt.timedelta(days=180)
    inviting = Consultation.objects.inviting(person).filter(starts_at__gte=since).order_by()
    own = Invitation.objects.standing().filter(person=person, consultation__in=inviting).select_related("consultation")
    body = calendar_file(own.order_by("consultation__starts_at", "pk"), person.correspondence_language)
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")
