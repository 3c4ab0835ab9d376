"""What is noted along the way of a works site (meetings, figures) and what each side says at the end."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from municipalities.models import User
from partnerships.models import EvaluationMark, Event, PlanLine, PlanMeeting, PlanVersion, SiteEvaluation, SiteFigure, WorksSite
from partnerships.services.works import AFTERWARDS, lock_site, record


class FigureThere(Exception):
    """The indicator already has another value on this day."""


@transaction.atomic
def note_meeting(site: WorksSite, *, by: User, token: uuid.UUID, held_on: dt.date, present: str, decisions: str) -> PlanMeeting:
    """Note a meeting and what it decided; the same `token` twice is one meeting."""
    site, _side = lock_site(site, by)
    fields = {"site": site, "held_on": held_on, "present": present, "decisions": decisions, "by": by}
    meeting, is_new = PlanMeeting.objects.get_or_create(token=token, defaults=fields)
    if is_new:
        record(Event.Verb.PLAN_CHANGED, site, by=by, data={"meeting": meeting.pk, "act": "meeting"})
    return meeting


@transaction.atomic
def note_figure(site: WorksSite, *, by: User, **fields: Any) -> SiteFigure:
    """Note the value of an indicator on a day, with its source; the same value twice is one. Raises FigureThere for another value."""
    site, _side = lock_site(site, by, states=AFTERWARDS)
    try:
        with transaction.atomic():
            figure = SiteFigure.objects.create(site=site, by=by, **fields)
    except IntegrityError:
        there = SiteFigure.objects.get(site=site, indicator=fields["indicator"], measured_on=fields["measured_on"])
        if there.value != fields["value"]:
            raise FigureThere from None
        return there
    record(Event.Verb.PLAN_CHANGED, site, by=by, data={"figure": figure.pk, "act": "figure"})
    return figure


def measures_to_mark(site: WorksSite) -> list[PlanLine]:
    """The lines of the agreed plan, in its order: what an evaluation looks at."""
    lines = PlanLine.objects.filter(version__site=site, version__state=PlanVersion.State.AGREED)
    return list(lines.select_related("measure").order_by("position", "pk"))


@transaction.atomic
def evaluate_site(
    site: WorksSite, *, by: User, lessons: str, is_best_practice: bool, marks: Mapping[int, tuple[int, str]]
) -> SiteEvaluation:
    """Write down what one's own side says at the end; written again, it takes the place of what that side said before.

    `marks` holds, per measure of the agreed plan, from 1 to 5 how far it helped, with words. Raises WorksNotAllowed.
    """
    site, side = lock_site(site, by, states=AFTERWARDS)
    fields = {"lessons": lessons, "is_best_practice": is_best_practice, "by": by, "at": timezone.now()}
    evaluation, _is_new = SiteEvaluation.objects.update_or_create(site=site, side=side, defaults=fields)
    known = {line.measure_id for line in measures_to_mark(site)}
    evaluation.marks.all().delete()
    EvaluationMark.objects.bulk_create(
        EvaluationMark(evaluation=evaluation, measure_id=measure, helped=helped, words=words)
        for measure, (helped, words) in marks.items()
        if measure in known
    )
    record(Event.Verb.SITE_EVALUATED, site, by=by, data={"side": side})
    return evaluation
