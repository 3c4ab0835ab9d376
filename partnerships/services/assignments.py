"""SPOC or deputy for several municipalities at once, where nobody has the role yet; a change of SPOC is a hand-over."""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from municipalities.models import Municipality, User
from partnerships.models import Event, SpocAssignment
from partnerships.permissions import HANDLE_REQUESTS, LEAD_TEAM
from partnerships.services.events import record_event


@transaction.atomic
def assign_officer(places: Sequence[Municipality], *, by: User, officer: User, role: str, starts_on: dt.date) -> int:
    """Make somebody SPOC or deputy of all these municipalities from a day on, without an end; return how many.

    Raises ValidationError, naming the places, where somebody has the role from that day on or the person is the other one of the two.
    """
    if not by.has_perm(LEAD_TEAM):
        raise PermissionDenied
    if not (officer.is_staff and officer.is_active and officer.has_perm(HANDLE_REQUESTS)):
        raise ValidationError(_("%(name)s does not handle requests.") % {"name": officer})
    keys = [place.pk for place in places]
    locked = list(Municipality.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
    _check_free(keys, officer, role, starts_on)
    for place in locked:
        _assign(place, by=by, officer=officer, role=role, starts_on=starts_on)
    return len(locked)


def _assign(place: Municipality, *, by: User, officer: User, role: str, starts_on: dt.date) -> None:
    try:
        with transaction.atomic():
            assignment = SpocAssignment.objects.create(municipality=place, officer=officer, role=role, period=DateRange(starts_on, None))
    except IntegrityError as error:  # somebody entered an assignment by hand at this very moment
        raise ValidationError(_("Somebody has this role from that day on in: %(places)s.") % {"places": place}) from error
    data = {"officer": officer.pk, "role": role, "from": str(starts_on)}
    record_event(Event.Verb.SPOC_ASSIGNED, assignment, by=by, municipality=place, data=data)


def _check_free(keys: Sequence[int], officer: User, role: str, starts_on: dt.date) -> None:
    held = SpocAssignment.objects.filter(municipality__in=keys, period__overlap=DateRange(starts_on, None)).select_related("municipality")
    taken = sorted({str(one.municipality) for one in held.filter(role=role)})
    if taken:
        words = _("Somebody has this role from that day on in: %(places)s. A change is a hand-over.")
        raise ValidationError(words % {"places": ", ".join(taken)})
    both = sorted({str(one.municipality) for one in held.filter(officer=officer)})
    if both:
        words = _("%(name)s has the other role in: %(places)s. SPOC and deputy are two different people.")
        raise ValidationError(words % {"name": officer, "places": ", ".join(both)})
