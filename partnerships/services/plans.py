"""Drawing up the action plan together: both sides write the draft, one proposes it, the other agrees; then measures are carried out."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.models import Event, MeasureReminder, PlanEvidence, PlanLine, PlanMeasure, PlanVersion, WorksSite
from partnerships.permissions import Party
from partnerships.services.attachments import Incoming, add_attachments
from partnerships.services.works import lock_site, record

State = PlanVersion.State
COPIED = ("position", "what", "details", "kind", "owner", "phase_id", "starts_on", "due_on", "cost", "paid_by")


class PlanMoved(Exception):
    """The version, line or measure is no longer in the state in which this can be done."""


class StaleLine(Exception):
    """Somebody else changed this measure meanwhile; nothing was written, `line` is what stands in the database."""

    def __init__(self, line: PlanLine) -> None:
        super().__init__(f"revision is {line.revision} now")
        self.line = line


# --- The draft ----------------------------------------------------------------------------------


@transaction.atomic
def draft_plan(site: WorksSite, *, by: User) -> PlanVersion:
    """The draft both sides write in: the one that is there, or a new version that begins with the lines of the last one."""
    site, _side = lock_site(site, by)
    return _draft_of(site, by)


def _draft_of(site: WorksSite, by: User) -> PlanVersion:
    draft = PlanVersion.objects.filter(site=site, state=State.DRAFT).first()
    if draft is not None:
        return draft
    last = PlanVersion.objects.filter(site=site).order_by("-number").first()
    draft = PlanVersion.objects.create(site=site, number=last.number + 1 if last else 1)
    if last:
        for line in last.lines.select_related("measure"):
            if line.measure.state != PlanMeasure.State.DROPPED:
                PlanLine.objects.create(version=draft, measure=line.measure, **{name: getattr(line, name) for name in COPIED})
    record(Event.Verb.PLAN_CHANGED, site, by=by, data={"version": draft.number, "act": "begun"})
    return draft


@transaction.atomic
def add_measure(site: WorksSite, *, by: User, token: uuid.UUID, fields: dict[str, Any]) -> PlanLine:
    """Put a measure into the draft; the same `token` twice returns the line already there."""
    site, _side = lock_site(site, by)
    existing = PlanLine.objects.filter(measure__key=token, measure__site=site).order_by("-version__number").first()
    if existing is not None:
        return existing
    draft = _draft_of(site, by)
    last = draft.lines.aggregate(last=Max("position"))["last"] or 0
    line = PlanLine(version=draft, measure=PlanMeasure(site=site, key=token), position=last + 1, **fields)
    _check_phase(line, site)
    line.measure.save(force_insert=True)
    line.save(force_insert=True)
    _bump(draft)
    record(Event.Verb.PLAN_CHANGED, site, by=by, data={"version": draft.number, "measure": line.measure.pk, "act": "added"})
    return line


@transaction.atomic
def change_measure(line: PlanLine, *, by: User, revision: int, fields: dict[str, Any]) -> PlanLine:
    """Change a line of the draft read at `revision`. Raises StaleLine, and PlanMoved once the version is proposed."""
    site, line = _draft_line(line, by, revision)
    for name, value in fields.items():
        setattr(line, name, value)
    _check_phase(line, site)
    line.revision += 1
    line.save()
    _bump(line.version)
    record(Event.Verb.PLAN_CHANGED, site, by=by, data={"version": line.version.number, "measure": line.measure_id, "act": "changed"})
    return line


@transaction.atomic
def take_out_measure(line: PlanLine, *, by: User, revision: int) -> None:
    """Take a line out of the draft. What was agreed before stays so until a version without it is agreed."""
    site, line = _draft_line(line, by, revision)
    measure, version = line.measure, line.version
    line.delete()
    if not measure.lines.exists():
        measure.delete()
    _bump(version)
    record(Event.Verb.PLAN_CHANGED, site, by=by, data={"version": version.number, "act": "taken out"})


def _draft_line(line: PlanLine, by: User, revision: int) -> tuple[WorksSite, PlanLine]:
    site, _side = lock_site(line.version.site, by)
    found = PlanLine.objects.select_related("version", "measure").filter(pk=line.pk).first()
    if found is None or not found.version.is_draft:
        raise PlanMoved
    if found.revision != revision:
        raise StaleLine(found)
    return site, found


def _check_phase(line: PlanLine, site: WorksSite) -> None:
    if line.phase and line.phase.site_id != site.pk:
        raise ValidationError({"phase": _("This phase belongs to another site.")})


def _bump(version: PlanVersion) -> None:
    version.revision += 1
    version.save(update_fields=["revision"])


# --- Proposed and agreed ------------------------------------------------------------------------


@transaction.atomic
def propose_plan(version: PlanVersion, *, by: User, revision: int) -> PlanVersion:
    """Propose the draft as it was read to the other side; that side's word alone is missing then.

    Raises PlanMoved when it changed since it was read or is no draft any more, ValidationError when it is empty.
    An earlier proposal that nobody answered is replaced by this one.
    """
    site, side = lock_site(version.site, by)
    version = PlanVersion.objects.get(pk=version.pk)
    if not version.is_draft or version.revision != revision:
        raise PlanMoved
    if not version.lines.exists():
        raise ValidationError(_("A plan without measures cannot be proposed."))
    PlanVersion.objects.filter(site=site, state=State.PROPOSED).update(state=State.REPLACED)
    version.state, version.proposed_at, version.proposed_by, version.proposed_side = State.PROPOSED, timezone.now(), by, side
    _say_yes(version, side, by)
    version.save()
    record(Event.Verb.PLAN_PROPOSED, site, by=by, data={"version": version.number, "side": side})
    return version


@transaction.atomic
def agree_plan(version: PlanVersion, *, by: User) -> PlanVersion:
    """Agree to what the other side proposed: the plan is in force, the agreed version of before is replaced. Raises PlanMoved."""
    site, side = lock_site(version.site, by)
    version = PlanVersion.objects.get(pk=version.pk)
    if version.awaits != side:
        raise PlanMoved
    PlanVersion.objects.filter(site=site, state=State.AGREED).update(state=State.REPLACED)
    _say_yes(version, side, by)
    version.state = State.AGREED
    version.save()
    _settle_measures(version)
    record(Event.Verb.PLAN_AGREED, site, by=by, data={"version": version.number, "side": side})
    return version


def _say_yes(version: PlanVersion, side: Party, by: User) -> None:
    setattr(version, f"{side}_agreed_at", timezone.now())
    setattr(version, f"{side}_agreed_by", by)


def _settle_measures(version: PlanVersion) -> None:
    """What is new is agreed; what the agreed plan no longer holds is dropped, and bears the version that dropped it."""
    inside = version.lines.values("measure")
    measures = PlanMeasure.objects.filter(site=version.site_id)
    measures.filter(pk__in=inside, state=PlanMeasure.State.PROPOSED).update(state=PlanMeasure.State.AGREED)
    gone = measures.filter(state__in=PlanMeasure.OPEN).exclude(pk__in=inside)
    gone.update(state=PlanMeasure.State.DROPPED, removed_in=version)


# --- Carrying out -------------------------------------------------------------------------------


@transaction.atomic
def move_measure(measure: PlanMeasure, *, by: User, to: str, reason: str = "") -> PlanMeasure:
    """Say that a measure of the agreed plan runs, is done, or is dropped for a reason. Raises PlanMoved, ValidationError."""
    site, _side = lock_site(measure.site, by)
    measure = PlanMeasure.objects.get(pk=measure.pk)
    if to not in measure.moves or measure.removed_in_id:
        raise PlanMoved
    reason = reason.strip()
    if to == PlanMeasure.State.DROPPED and not reason:
        raise ValidationError({"reason": _("Please say why it is dropped.")})
    before, measure.state = measure.state, to
    measure.reason = reason if to == PlanMeasure.State.DROPPED else ""
    measure.save(update_fields=["state", "reason"])
    record(Event.Verb.PLAN_CHANGED, site, by=by, data={"measure": measure.pk, "act": "moved", "from": before, "to": to})
    return measure


@transaction.atomic
def add_evidence(measure: PlanMeasure, *, by: User, words: str, address: str = "", uploads: Iterable[Incoming] = ()) -> PlanEvidence:
    """Note what shows that a measure was carried out; its file is kept with the request. The same words twice are one."""
    site, _side = lock_site(measure.site, by)
    evidence, is_new = PlanEvidence.objects.get_or_create(measure=measure, words=words.strip(), address=address, by=by)
    if is_new:
        evidence.attachment = next(iter(add_attachments(site.request, by=by, uploads=uploads)), None)
        evidence.save(update_fields=["attachment"])
        record(Event.Verb.PLAN_CHANGED, site, by=by, data={"measure": measure.pk, "act": "evidence"})
    return evidence


# --- Reminders ----------------------------------------------------------------------------------


def remind_of_measures(now: dt.datetime) -> int:
    """Announce measures of agreed plans that fall due, once per day they fall due on; return how many were announced."""
    today = timezone.localdate(now)
    near = today + dt.timedelta(days=settings.MEASURE_REMINDER_DAYS)
    open_sites = WorksSite.objects.still_open()
    due = PlanLine.objects.filter(version__state=State.AGREED, version__site__in=open_sites, measure__state__in=PlanMeasure.OPEN)
    lines = (
        due.filter(due_on__range=(today, near)).select_related("version__site__request__municipality", "measure").order_by("due_on", "pk")
    )
    return sum(_announce(line, today, now) for line in lines)


@transaction.atomic
def _announce(line: PlanLine, today: dt.date, now: dt.datetime) -> bool:
    _reminder, is_new = MeasureReminder.objects.get_or_create(measure=line.measure, due_on=line.due_on, defaults={"made_at": now})
    if is_new:
        data = {"line": line.pk, "owner": line.owner, "due_on": str(line.due_on), "days_left": (line.due_on - today).days}
        record(Event.Verb.MEASURE_DUE, line.version.site, by=None, data=data)
    return is_new
