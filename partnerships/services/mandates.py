"""Acts on several officials at once: the last day of their mandates, and the language they are written to in."""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from municipalities.languages import CorrespondenceLanguage
from municipalities.models import Mandate, User
from partnerships.models import Event
from partnerships.services.events import record_event

ONE_DAY = dt.timedelta(days=1)


@transaction.atomic
def end_mandates(people: Sequence[User], *, by: User, last_day: dt.date) -> int:
    """Let every mandate of these people that covers that day end with it; return how many people lost one.

    Access and mailings end by the date alone. Raises ValidationError when somebody has no mandate that day, or one that is still to
    begin: that is looked at by hand.
    """
    _check_right(by, "municipalities.change_mandate")
    keys = [one.pk for one in people]
    held = Mandate.objects.select_for_update(of=("self",)).select_related("municipality", "user").filter(user__in=keys)
    ending = list(held.in_force(last_day).order_by("pk"))
    later = {mandate.user for mandate in held.filter(period__startswith__gt=last_day)}
    without = set(keys) - {mandate.user_id for mandate in ending}
    _refuse([one for one in people if one.pk in without], _("%(names)s: no mandate on that day."))
    _refuse(sorted(later, key=str), _("%(names)s: a mandate begins after that day; please look at it by hand."))
    changed = [mandate for mandate in ending if mandate.ends_on != last_day]
    for mandate in changed:
        mandate.period = DateRange(mandate.period.lower, last_day + ONE_DAY)
        mandate.save(update_fields=["period"])
        data = {"last_day": str(last_day), "person": mandate.user_id}
        record_event(Event.Verb.MANDATE_ENDED, mandate, by=by, municipality=mandate.municipality, data=data)
    return len({mandate.user_id for mandate in changed})


@transaction.atomic
def write_in_both_languages(people: Sequence[User], *, by: User) -> int:
    """Write to these people in both languages again, as before they chose; return how many were written to in one."""
    _check_right(by, "municipalities.change_official")
    wanted = User.objects.select_for_update(of=("self",)).filter(pk__in=[one.pk for one in people])
    changed = list(wanted.not_erased().exclude(correspondence_language=CorrespondenceLanguage.BOTH).order_by("pk"))
    for person in changed:
        before, person.correspondence_language = person.correspondence_language, CorrespondenceLanguage.BOTH
        person.save(update_fields=["correspondence_language"])
        record_event(Event.Verb.LANGUAGE_SET_TO_BOTH, person, by=by, data={"before": before})
    return len(changed)


def _check_right(by: User, right: str) -> None:
    if not by.has_perm(right):
        raise PermissionDenied


def _refuse(people: Sequence[User], sentence: str) -> None:
    if people:
        raise ValidationError(sentence % {"names": ", ".join(str(one) for one in people)})
