"""The hand-over of municipalities to a new SPOC: planned as one act, in effect on its day, cancelable until then."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import Municipality, User
from partnerships.models import Event, ServiceRequest, SpocAssignment, SpocHandover, SpocHandoverLeg
from partnerships.permissions import HANDLE_REQUESTS, may_cancel_handover, may_hand_over
from partnerships.services.events import record_event
from partnerships.services.requests import hold_submissions, move_requests

Role = SpocAssignment.Role
Verb = Event.Verb


class HandoverNotAllowed(Exception):
    """This person may not hand over these municipalities, or not cancel this hand-over."""


class StalePlan(Exception):
    """What was shown is not what would happen now; nothing was written."""


class NotCancelable(Exception):
    """The hand-over has taken effect, was cancelled before, or its assignments were changed by hand since."""


@dataclass(frozen=True)
class Leg:
    """What a hand-over would do to one municipality: who goes, who comes, until when, and the open work that moves."""

    municipality: Municipality
    spoc: SpocAssignment | None
    spoc_until: dt.date | None
    deputy: SpocAssignment | None
    deputy_until: dt.date | None
    ends_deputy: bool
    requests: list[ServiceRequest] = field(default_factory=list)

    @property
    def lacks_deputy(self) -> bool:
        """Nobody is the deputy from that day on, unless the form names one."""
        return self.deputy is None or self.ends_deputy


# --- The plan -----------------------------------------------------------------------------------


def plan_handover(municipalities: Iterable[Municipality], *, to: User, deputy: User | None, starts_on: dt.date) -> list[Leg]:
    """Read what handing over would do, in a fixed number of queries. Raises ValidationError, per field, when it is impossible."""
    places = sorted(municipalities, key=lambda place: place.pk)
    _check_people(to, deputy, starts_on)
    held: dict[int, list[SpocAssignment]] = {place.pk: [] for place in places}
    rows = SpocAssignment.objects.filter(municipality__in=held, period__overlap=DateRange(starts_on, None))
    for assignment in rows.select_related("officer").order_by("period", "pk"):
        held[assignment.municipality_id].append(assignment)
    legs = [_leg(place, held[place.pk], to=to, deputy=deputy, starts_on=starts_on) for place in places]
    for request in ServiceRequest.objects.open().filter(municipality__in=held).order_by("pk"):
        for leg in legs:
            if leg.spoc and leg.municipality.pk == request.municipality_id and leg.spoc.officer_id == request.assignee_id:
                leg.requests.append(request)
    return legs


def _check_people(to: User, deputy: User | None, starts_on: dt.date) -> None:
    errors: dict[str, Any] = {}
    for name, person in (("to", to), ("deputy", deputy)):
        if person and not (person.is_staff and person.is_active and person.has_perm(HANDLE_REQUESTS)):
            errors[name] = _("This person does not handle requests.")
    if deputy and deputy.pk == to.pk:
        errors["deputy"] = _("SPOC and deputy are two different people.")
    if starts_on < timezone.localdate():
        errors["starts_on"] = _("A hand-over starts today or later.")
    if errors:
        raise ValidationError(errors)


def _leg(place: Municipality, held: Sequence[SpocAssignment], *, to: User, deputy: User | None, starts_on: dt.date) -> Leg:
    spoc, spoc_until = _current_and_next(held, Role.PRIMARY, starts_on)
    second, second_until = _current_and_next(held, Role.DEPUTY, starts_on)
    if spoc and spoc.officer_id == to.pk:
        raise ValidationError({"to": _("%(name)s is the SPOC of %(place)s already on that day.") % {"name": to, "place": place}})
    ends_deputy = bool(second and (deputy or second.officer_id == to.pk))
    for ending in (spoc, second if ends_deputy else None):
        if ending and ending.starts_on == starts_on:
            words = _("%(name)s starts at %(place)s on that very day: change that assignment instead.")
            raise ValidationError({"starts_on": words % {"name": ending.officer, "place": place}})
    return Leg(place, spoc, spoc_until, second, second_until, ends_deputy)


def _current_and_next(held: Sequence[SpocAssignment], role: str, on: dt.date) -> tuple[SpocAssignment | None, dt.date | None]:
    """Who has the role on that day, and the day on which the next assignment that is already entered begins."""
    current = next((one for one in held if one.role == role and one.period.lower <= on), None)
    following = next((one.period.lower for one in held if one.role == role and one.period.lower > on), None)
    return current, following


def fingerprint(legs: Sequence[Leg]) -> str:
    """What was shown, as one word: it is not confirmed when something else would happen."""
    shown = [
        (leg.municipality.pk, leg.spoc and leg.spoc.pk, leg.spoc_until, leg.deputy and leg.deputy.pk, [one.pk for one in leg.requests])
        for leg in legs
    ]
    return hashlib.sha256(repr(shown).encode()).hexdigest()


# --- The act ------------------------------------------------------------------------------------


@transaction.atomic
def hand_over(
    municipalities: Iterable[Municipality],
    *,
    by: User,
    to: User,
    deputy: User | None,
    starts_on: dt.date,
    note: str,
    token: uuid.UUID,
    seen: str | None = None,
) -> SpocHandover:
    """Make somebody the SPOC from a day on: the periods at once, open work and introduction on the day itself.

    The same `token` twice returns the hand-over already made. Raises ValidationError, HandoverNotAllowed, or StalePlan when
    what would happen differs from what was `seen`.
    """
    places = _locked(municipalities)
    made = SpocHandover.objects.filter(token=token, by=by).first()
    if made:
        return made
    if not note.strip():
        raise ValidationError({"note": _("Please write a few words.")})
    legs = plan_handover(places, to=to, deputy=deputy, starts_on=starts_on)
    if not may_hand_over(by, [leg.spoc for leg in legs]):
        raise HandoverNotAllowed
    if seen is not None and seen != fingerprint(legs):
        raise StalePlan
    handover = SpocHandover.objects.create(token=token, to=to, deputy=deputy, starts_on=starts_on, note=note.strip(), by=by)
    for leg in legs:
        _write_leg(handover, leg)
    record_event(Verb.SPOC_HANDOVER_PLANNED, handover, by=by, data={"municipalities": [place.pk for place in places]})
    if starts_on <= timezone.localdate():
        _introduce(_take_effect(handover, by=by), by=by)
    return handover


def _locked(municipalities: Iterable[Municipality]) -> list[Municipality]:
    """Hold the municipalities, always in the same order, so that two hand-overs of one wait for each other."""
    keys = [place.pk for place in municipalities]
    places = list(Municipality.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
    hold_submissions(places, timezone.localdate())
    return places


def _write_leg(handover: SpocHandover, leg: Leg) -> None:
    """End who goes the day before, begin who comes. Raises ValidationError when an assignment entered for later is in the way."""
    ends = (leg.spoc, leg.deputy if leg.ends_deputy else None)
    uppers = [ending.period.upper if ending else None for ending in ends]
    for ending in ends:
        if ending:
            _set_upper(ending, handover.starts_on)
    try:
        with transaction.atomic():
            began = _begin(leg.municipality, handover.to, Role.PRIMARY, handover.starts_on, leg.spoc_until)
            deputy = handover.deputy
            second = _begin(leg.municipality, deputy, Role.DEPUTY, handover.starts_on, leg.deputy_until) if deputy else None
    except IntegrityError as error:
        words = _("Another assignment at %(place)s, entered for later, stands in the way.") % {"place": leg.municipality}
        raise ValidationError({"starts_on": words}) from error
    SpocHandoverLeg.objects.create(
        handover=handover,
        municipality=leg.municipality,
        ended=ends[0],
        ended_upper=uppers[0],
        began=began,
        deputy_ended=ends[1],
        deputy_ended_upper=uppers[1],
        deputy_began=second,
    )


def _begin(municipality: Municipality, officer: User, role: str, first: dt.date, upper: dt.date | None) -> SpocAssignment:
    return SpocAssignment.objects.create(municipality=municipality, officer=officer, role=role, period=DateRange(first, upper))


def _set_upper(assignment: SpocAssignment, upper: dt.date | None) -> None:
    assignment.period = DateRange(assignment.period.lower, upper)
    assignment.save(update_fields=["period"])


# --- The day itself -----------------------------------------------------------------------------


def begin_due_handovers(now: dt.datetime) -> int:
    """Move the work of the hand-overs whose day has come, and from SPOC_INTRODUCTION_HOUR on tell the officials; each once."""
    today = timezone.localdate(now)
    begun = 0
    for key in SpocHandover.objects.to_take_effect(today).order_by("starts_on", "pk").values_list("pk", flat=True):
        begun += _begin_one(key, today)
    if timezone.localtime(now).hour >= settings.SPOC_INTRODUCTION_HOUR:
        for key in SpocHandover.objects.to_introduce(today).order_by("starts_on", "pk").values_list("pk", flat=True):
            _introduce_one(key, today)
    return begun


@transaction.atomic
def _begin_one(key: int, today: dt.date) -> int:
    _locked(Municipality.objects.filter(pk__in=SpocHandoverLeg.objects.filter(handover=key).values("municipality")))
    handover = SpocHandover.objects.to_take_effect(today).select_for_update(of=("self",)).filter(pk=key).first()
    if handover is None:
        return 0
    _take_effect(handover, by=None)
    return 1


@transaction.atomic
def _introduce_one(key: int, today: dt.date) -> None:
    handover = SpocHandover.objects.to_introduce(today).select_for_update(of=("self",)).filter(pk=key).first()
    if handover:
        _introduce(handover, by=None)


def _take_effect(handover: SpocHandover, *, by: User | None) -> SpocHandover:
    """Move the open work of those who went to the one who came."""
    for leg in handover.legs.select_related("municipality", "ended__officer").order_by("pk"):
        if leg.ended:
            leg.moved = move_requests(leg.municipality, by=by, old=leg.ended.officer, to=handover.to, handover=handover.pk)
            leg.save(update_fields=["moved"])
        data = {"from": leg.ended.officer_id if leg.ended else None, "to": handover.to_id, "moved": leg.moved}
        record_event(Verb.SPOC_HANDED_OVER, handover, by=by, municipality=leg.municipality, data=data)
    handover.took_effect_at = timezone.now()
    handover.save(update_fields=["took_effect_at"])
    return handover


def _introduce(handover: SpocHandover, *, by: User | None) -> None:
    """One event for all its municipalities: whoever holds mandates in two of them hears once."""
    places = list(handover.legs.order_by("municipality").values_list("municipality", flat=True))
    handover.introduced_at = timezone.now()
    handover.save(update_fields=["introduced_at"])
    record_event(Verb.SPOC_INTRODUCED, handover, by=by, data={"municipalities": places})


# --- Cancelling ---------------------------------------------------------------------------------


@transaction.atomic
def cancel_handover(handover: SpocHandover, *, by: User) -> SpocHandover:
    """Put everything back as it was, while the day is still to come. Raises HandoverNotAllowed or NotCancelable."""
    _locked(Municipality.objects.filter(pk__in=handover.legs.values("municipality")))
    handover = SpocHandover.objects.select_for_update(of=("self",)).get(pk=handover.pk)
    if not may_cancel_handover(by, handover):
        raise HandoverNotAllowed
    if not handover.is_cancelable(timezone.localdate()):
        raise NotCancelable
    legs = list(handover.legs.select_related("ended", "began", "deputy_ended", "deputy_began").order_by("pk"))
    for leg in legs:
        _undo_leg(leg, handover.starts_on)
    handover.cancelled_at = timezone.now()
    handover.save(update_fields=["cancelled_at"])
    data = {"municipalities": [leg.municipality_id for leg in legs]}
    record_event(Verb.SPOC_HANDOVER_CANCELLED, handover, by=by, data=data)
    return handover


def _undo_leg(leg: SpocHandoverLeg, starts_on: dt.date) -> None:
    """Take back what the leg wrote; raises NotCancelable when somebody changed it by hand since."""
    begun = [one for one in (leg.began, leg.deputy_began) if one]
    ended = [(one, upper) for one, upper in ((leg.ended, leg.ended_upper), (leg.deputy_ended, leg.deputy_ended_upper)) if one]
    if any(one.starts_on != starts_on for one in begun) or any(one.period.upper != starts_on for one, _upper in ended):
        raise NotCancelable
    leg.began = leg.deputy_began = None
    leg.save(update_fields=["began", "deputy_began"])
    try:
        with transaction.atomic():
            for one in begun:
                one.delete()
            for one, upper in ended:
                _set_upper(one, upper)
    except IntegrityError as error:  # somebody else holds these days now, or a later hand-over builds on this one
        raise NotCancelable from error
