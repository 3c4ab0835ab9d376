"""The life of a mailing until it goes out: draft, edit, approval, schedule. Nothing else writes a mailing."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mailings.models import Approval, Mailing, MailingItem
from mailings.news import MEASURE
from mailings.permissions import TRANSITIONS, Action, Right, is_stand_in, make_two, rights_of, urgent_rule_open
from mailings.rendering import LARGEST_HTML, size_of_largest_mail
from mailings.services.errors import MailingActionNotAllowed, NotApproved, NotComplete, StaleContent, StaleRevision
from mailings.services.moves import check_action, lock_mailing, move_mailing
from mailings.services.proposals import propose_items
from municipalities.languages import CONTENT_LANGUAGES, reading_in
from municipalities.models import User
from partnerships.models import Event
from partnerships.services.events import record_event

State = Mailing.State
TEXT_FIELDS = ("subject_fr", "subject_nl", "intro_fr", "intro_nl", "closing_fr", "closing_nl")
EDITED_FIELDS = frozenset(
    {*TEXT_FIELDS, "audience_roles", "audience_portfolios", "audience_municipalities", "audience_circles", "scheduled_for"}
)
ITEM_FIELDS = (
    "position",
    "section",
    "measure",
    "news_kind",
    "news_key",
    "title_fr",
    "title_nl",
    "body_fr",
    "body_nl",
    "source_url",
    "path",
)
PROPOSED_WITHOUT_PREDECESSOR = dt.timedelta(days=7)


# --- Drafts -------------------------------------------------------------------------------------


def _may_draft(by: User | None) -> bool:
    return bool(rights_of(by) & {Right.EDITOR, Right.PORTAL})


@transaction.atomic
def draft_weekly(*, year: int, week: int, by: User | None = None) -> Mailing:
    """The weekly mailing of an ISO week: the one that is there, or a new draft that proposes what came in since the last one.

    Six callers at once get the same mailing, because the database refuses a second. Raises ValueError for a week the year
    does not have, MailingActionNotAllowed for somebody who is not an editor.
    """
    monday = dt.date.fromisocalendar(year, week, 1)
    if not _may_draft(by):
        raise MailingActionNotAllowed(Action.EDIT, Mailing(iso_year=year, iso_week=week))
    mailing, made = Mailing.objects.get_or_create(kind=Mailing.Kind.WEEKLY, iso_year=year, iso_week=week, defaults=_opening_texts(week))
    if made:
        propose_items(mailing, since=_last_look_before(mailing, monday))
        record_event(Event.Verb.MAILING_DRAFTED, mailing, by=by, data={"week": mailing.week_label, "items": mailing.items.count()})
    return mailing


def _opening_texts(week: int) -> dict[str, str]:
    """Subject, first sentence and closing words of a new weekly draft, in both languages; the editor's from there on."""
    texts = {}
    for language in CONTENT_LANGUAGES:
        with reading_in(language):
            texts[f"subject_{language}"] = gettext("Weekly mailing – week %(week)d: the new measures") % {"week": week}
            texts[f"intro_{language}"] = gettext("Here are this week's new measures.")
            texts[f"closing_{language}"] = _closing_words()
    return texts


def _closing_words() -> str:
    return gettext("Kind regards,") + "\n" + gettext("The Local Partnerships team")


def _last_look_before(mailing: Mailing, monday: dt.date) -> dt.datetime:
    earlier = Mailing.objects.filter(kind=Mailing.Kind.WEEKLY).exclude(pk=mailing.pk).filter(
        iso_year__lt=mailing.iso_year
    ) | Mailing.objects.filter(kind=Mailing.Kind.WEEKLY, iso_year=mailing.iso_year, iso_week__lt=mailing.iso_week)
    last = earlier.order_by("-iso_year", "-iso_week").first()
    if last:
        return last.created_at
    return timezone.make_aware(dt.datetime.combine(monday, dt.time())) - PROPOSED_WITHOUT_PREDECESSOR


@transaction.atomic
def draft_urgent(*, by: User) -> Mailing:
    """A new urgent mailing, empty but for the closing words."""
    mailing = Mailing(kind=Mailing.Kind.URGENT)
    if not _may_draft(by):
        raise MailingActionNotAllowed(Action.EDIT, mailing)
    for language in CONTENT_LANGUAGES:
        with reading_in(language):
            setattr(mailing, f"closing_{language}", _closing_words())
    mailing.save()
    record_event(Event.Verb.MAILING_DRAFTED, mailing, by=by)
    return mailing


def draft_this_week(now: dt.datetime) -> Mailing | None:
    """Make this week's draft once Monday's hour has struck in Brussels; return it when it was made just now."""
    local = timezone.localtime(now)
    year, week, weekday = local.isocalendar()
    if weekday == 1 and local.hour < settings.WEEKLY_DRAFT_HOUR:
        return None
    if Mailing.objects.filter(kind=Mailing.Kind.WEEKLY, iso_year=year, iso_week=week).exists():
        return None
    return draft_weekly(year=year, week=week)


# --- Editing ------------------------------------------------------------------------------------


@transaction.atomic
def edit_mailing(
    mailing: Mailing, *, by: User, revision: int, fields: dict[str, Any], items: Sequence[dict[str, Any]] | None = None
) -> Mailing:
    """Change a mailing that was read at `revision`; a change of content or audience voids approval and schedule.

    `items` is the whole new list (dicts with `id` for those that stay); None leaves the items alone. While the cabinet reads,
    a complete mailing stays before it, and a verdict on the older words is refused as stale; an incomplete one is a draft again.
    Raises StaleRevision when somebody saved meanwhile, MailingActionNotAllowed, ValidationError.
    """
    mailing = lock_mailing(mailing)
    check_action(mailing, Action.EDIT, by)
    if mailing.revision != revision:
        raise StaleRevision(mailing)
    unknown = set(fields) - EDITED_FIELDS
    if unknown:
        raise ValueError(f"not edited by hand: {sorted(unknown)}")
    before = mailing.shown_hash()
    _write_fields(mailing, fields)
    if items is not None:
        _write_items(mailing, items)
    if mailing.shown_hash() == before:
        mailing.save()
        return mailing
    mailing.revision += 1
    stood = mailing.state
    if _is_void(mailing):
        move_mailing(mailing, Action.VOID, by=by, scheduled_for=mailing.hour_to_come(timezone.now()), held_reason="")
    return move_mailing(mailing, Action.EDIT, by=by, data={"from": stood, "changed": sorted(fields), "revision": mailing.revision})


def _write_fields(mailing: Mailing, fields: dict[str, Any]) -> None:
    hour = fields.get("scheduled_for")
    if hour and hour != mailing.scheduled_for and hour <= timezone.now():
        raise ValidationError({"scheduled_for": _("Please choose an hour that is still to come.")})
    for name, value in fields.items():
        setattr(mailing, name, value)
    mailing.full_clean(validate_constraints=False)


def _write_items(mailing: Mailing, items: Sequence[dict[str, Any]]) -> None:
    """Make the items exactly those given; an `id` of another mailing is refused."""
    standing = {item.pk: item for item in mailing.items.all()}
    written = [_written_item(mailing, standing, number, values) for number, values in enumerate(items)]
    news = [(item.news_kind, item.news_key) for item in written if item.news_kind]
    if len(news) != len(set(news)):
        raise ValidationError(_("This is already in the mailing."))
    for gone in standing.values():
        gone.delete()
    for item in written:
        item.save()


def _written_item(mailing: Mailing, standing: dict[int, MailingItem], number: int, values: dict[str, Any]) -> MailingItem:
    """The item with what was given for it, checked and not yet saved; it is no longer among those that stand."""
    key = values.get("id")
    if key and key not in standing:
        raise ValidationError(_("This item does not belong to this mailing."))
    item = standing.pop(key) if key else MailingItem(mailing=mailing)
    for name in ITEM_FIELDS:
        setattr(item, name, values.get(name, number if name == "position" else getattr(item, name)))
    if item.measure and not item.news_kind:
        item.news_kind, item.news_key = MEASURE, str(item.measure.key)
    item.full_clean(exclude=["mailing"])
    return item


def _is_void(mailing: Mailing) -> bool:
    """Whether the change ends what rested on the older content: an approval, or a review that lacks a language now."""
    return mailing.state in TRANSITIONS[Action.VOID].sources and (mailing.state != State.IN_REVIEW or bool(_lacking(mailing)))


# --- Approval -----------------------------------------------------------------------------------


def _lacking(mailing: Mailing) -> list[str]:
    """What keeps the mailing from being approved: a missing language, nothing to say, or too large a mail."""
    lacking = mailing.missing_texts()
    if not mailing.audience_roles and not mailing.audience_circles:
        lacking.append(gettext("roles that receive it"))
    size = size_of_largest_mail(mailing)
    if size > LARGEST_HTML:
        lacking.append(
            gettext("fewer or shorter texts: the mail in both languages has %(size)d kB, and %(most)d is the most")
            % {"size": size // 1000, "most": LARGEST_HTML // 1000}
        )
    return lacking


@transaction.atomic
def ask_approval(mailing: Mailing, *, by: User) -> Mailing:
    """Put a mailing that is complete in both languages before the cabinet. Raises NotComplete with what is missing."""
    mailing = lock_mailing(mailing)
    check_action(mailing, Action.ASK_APPROVAL, by)
    lacking = _lacking(mailing)
    if lacking:
        raise NotComplete(lacking)
    hour = mailing.hour_to_come(timezone.now())
    return move_mailing(
        mailing, Action.ASK_APPROVAL, by=by, data={"content_hash": mailing.content_hash()}, scheduled_for=hour, held_reason=""
    )


@transaction.atomic
def approve_mailing(mailing: Mailing, *, by: User, shown_hash: str, comment: str = "") -> Mailing:
    """Approve exactly what was shown. Raises StaleContent when the content is no longer that."""
    mailing = _locked_as_shown(mailing, Action.APPROVE, by, shown_hash)
    approval = _give_verdict(mailing, Approval.Verdict.APPROVED, by=by, comment=comment)
    return move_mailing(mailing, Action.APPROVE, by=by, data={"approval": approval.pk})


@transaction.atomic
def send_back_mailing(mailing: Mailing, *, by: User, shown_hash: str, comment: str) -> Mailing:
    """Send a mailing back to the editors with a word on why. Raises ValidationError without one, StaleContent."""
    if not comment.strip():
        raise ValidationError({"comment": _("Please say what should change.")})
    mailing = _locked_as_shown(mailing, Action.SEND_BACK, by, shown_hash)
    approval = _give_verdict(mailing, Approval.Verdict.SENT_BACK, by=by, comment=comment)
    return move_mailing(mailing, Action.SEND_BACK, by=by, data={"approval": approval.pk})


@transaction.atomic
def consent_urgent(mailing: Mailing, *, by: User, shown_hash: str) -> Mailing:
    """Approve an urgent mailing in the team, as the rule in `permissions` says: the first of two agrees, the second approves.

    Raises MailingActionNotAllowed while the cabinet still has time, for a weekly one, or for one person twice; StaleContent.
    """
    mailing = _locked_as_shown(mailing, Action.CONSENT, by, shown_hash)
    if not urgent_rule_open(mailing, timezone.now()):
        raise MailingActionNotAllowed(Action.CONSENT, mailing)
    first = mailing.approvals.order_by("-pk").first()
    if first is None or first.verdict != Approval.Verdict.CONSENTED or not first.covers(mailing):
        consent = _give_verdict(mailing, Approval.Verdict.CONSENTED, by=by, comment="")
        return move_mailing(mailing, Action.CONSENT, by=by, data={"approval": consent.pk})
    if not make_two(first.by, by):
        raise MailingActionNotAllowed(Action.CONSENT, mailing)
    approval = _give_verdict(mailing, Approval.Verdict.APPROVED, by=by, comment="", is_of_team=True)
    return move_mailing(mailing, Action.APPROVE_URGENT, by=by, data={"approval": approval.pk, "with": first.by_id})


def _locked_as_shown(mailing: Mailing, action: Action, by: User, shown_hash: str) -> Mailing:
    mailing = lock_mailing(mailing)
    check_action(mailing, action, by)
    if mailing.shown_hash() != shown_hash:
        raise StaleContent(mailing)
    return mailing


def _give_verdict(mailing: Mailing, verdict: str, *, by: User, comment: str, is_of_team: bool = False) -> Approval:
    """Kept with the words themselves, the rule of who receives them and the hour, whatever is changed afterwards."""
    return Approval.objects.create(
        mailing=mailing,
        by=by,
        verdict=verdict,
        content_hash=mailing.content_hash(),
        content=mailing.content(),
        hour=mailing.scheduled_for,
        is_stand_in=is_stand_in(by) and not is_of_team,
        is_of_team=is_of_team or verdict == Approval.Verdict.CONSENTED,
        comment=comment.strip(),
    )


# --- Schedule -----------------------------------------------------------------------------------


@transaction.atomic
def schedule_mailing(mailing: Mailing, *, by: User, at: dt.datetime) -> Mailing:
    """Set the hour at which an approved mailing goes out; another hour than the one approved or set before voids the approval.

    Then the mailing is a draft again, with the new hour. Raises ValidationError for the past, NotApproved.
    """
    mailing = lock_mailing(mailing)
    check_action(mailing, Action.SCHEDULE, by)
    if at <= timezone.now():
        raise ValidationError({"at": _("Please choose an hour that is still to come.")})
    approval = mailing.approval_in_force()
    if not approval:
        raise NotApproved(Action.SCHEDULE, mailing)
    stood = mailing.scheduled_for if mailing.state == State.SCHEDULED else None
    if {stood or at, approval.hour or at} != {at}:
        return move_mailing(mailing, Action.VOID, by=by, data={"at": at.isoformat()}, scheduled_for=at, held_reason="")
    return move_mailing(mailing, Action.SCHEDULE, by=by, data={"at": at.isoformat()}, scheduled_for=at, held_reason="")


@transaction.atomic
def unschedule_mailing(mailing: Mailing, *, by: User) -> Mailing:
    """Take the hour away; the approval stands."""
    return move_mailing(lock_mailing(mailing), Action.UNSCHEDULE, by=by, scheduled_for=None)
