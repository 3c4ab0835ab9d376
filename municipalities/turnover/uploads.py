"""A file between its upload and its import: kept in the database, its owner's alone, for a day at most."""

import datetime as dt
import hashlib
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from municipalities.models import User
from municipalities.turnover.files import RawFile, read_file, safe_name
from municipalities.turnover.models import Turnover, TurnoverChange
from municipalities.turnover.plans import Plan, make_plan


@transaction.atomic
def upload_turnover(data: bytes, *, name: str, by: User | None, first_day: dt.date | None = None) -> Turnover:
    """Keep a file for a look at it; `first_day` is for rows that give none. Raises UnreadableFile."""
    raw = read_file(data)
    purge_turnovers(timezone.now())
    return Turnover.objects.create(
        by=by, file_name=safe_name(name), sha256=hashlib.sha256(data).hexdigest(), from_date=first_day, content=raw.as_json()
    )


def plan_of(turnover: Turnover, *, today: dt.date | None = None) -> Plan:
    """What importing this file would do to the register as it stands now."""
    raw = RawFile.from_json(turnover.content)
    return make_plan(raw, decisions=turnover.decisions, today=today or timezone.localdate(), first_day=turnover.from_date)


@transaction.atomic
def decide_rows(turnover: Turnover, answers: Mapping[int, str]) -> Turnover:
    """Keep a human's answers: by row 'new', the number of a person among those offered, or '' to take an answer back."""
    kept = Turnover.objects.select_for_update().waiting().get(pk=turnover.pk)
    kept.decisions = {
        row: answer for row, answer in (kept.decisions | {str(row): answer for row, answer in answers.items()}).items() if answer
    }
    kept.save(update_fields=["decisions"])
    return kept


def discard_turnover(turnover: Turnover) -> None:
    """Throw a file away that was only looked at."""
    Turnover.objects.waiting().filter(pk=turnover.pk).delete()


def purge_turnovers(now: dt.datetime) -> dict[str, int]:
    """Throw away files nobody imported within a day, and what undoing needed once its time is over; say how many of each."""
    files, _per_model = Turnover.objects.waiting().filter(uploaded_at__lt=now - settings.TURNOVER_UPLOAD_KEPT).delete()
    over = Turnover.objects.applied().filter(applied_at__lt=now - settings.TURNOVER_UNDO_WITHIN)
    changes, _per_model = TurnoverChange.objects.filter(turnover__in=over).delete()
    return {"files": files, "changes": changes}


def forget_person(person_id: int) -> int:
    """Drop what past imports keep about a person; an import that touched them cannot be undone any more."""
    kinds = (TurnoverChange.Kind.PERSON_ENTERED, TurnoverChange.Kind.PERSON_CHANGED)
    touched = TurnoverChange.objects.filter(kind__in=kinds, object_id=person_id).values("turnover")
    dropped, _per_model = TurnoverChange.objects.filter(turnover__in=touched).delete()
    return dropped
