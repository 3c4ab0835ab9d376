"""Who receives a mail: chosen by role, portfolio and the dates of mandates, and asked again at the last moment."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from mailings.models import Delivery, Mailing, MailPreference, Notice
from municipalities.delegations import Delegation
from municipalities.models import Mandate, User
from partnerships.models import Event, Forwarding

Skip = Delivery.Skip
CODE_LASTS = dt.timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)


# --- Mailings -----------------------------------------------------------------------------------


def mandates_chosen(mailing: Mailing, on: dt.date) -> QuerySet[Mandate]:
    """The mandates in force on that day that a mailing is meant for: by role, and for aldermen by portfolio."""
    chosen = Q(role__in=mailing.audience_roles)
    if mailing.audience_portfolios:
        chosen &= ~Q(role=Mandate.Role.ALDERMAN) | Q(portfolios__overlap=mailing.audience_portfolios)
    if mailing.audience_municipalities:
        chosen &= Q(municipality__in=mailing.audience_municipalities)
    return Mandate.objects.in_force(on).filter(chosen)


def chosen_for(mailing: Mailing, on: dt.date) -> QuerySet[User]:
    """The people a mailing is meant for on that day, each once; some of them may have unsubscribed."""
    return User.objects.filter(_is_meant_for(mailing, on), is_active=True).order_by("pk")


def _is_meant_for(mailing: Mailing, on: dt.date) -> Exists | Q:
    """By a mandate, or as one of the team where the mailing goes to the team as well."""
    mandate = Exists(mandates_chosen(mailing, on).filter(user=OuterRef("pk")))
    return mandate | Q(is_staff=True) if Mailing.Circle.STAFF in mailing.audience_circles else mandate


def recipients_of(mailing: Mailing, on: dt.date) -> QuerySet[User]:
    """The people a mailing would go to on that day."""
    return chosen_for(mailing, on).exclude(_has_unsubscribed(mailing) | _has_paused(on))


def _has_unsubscribed(mailing: Mailing) -> Exists:
    return Exists(MailPreference.objects.unsubscribed_from(mailing.kind).filter(user=OuterRef("pk")))


def _has_paused(on: dt.date) -> Exists:
    return Exists(MailPreference.objects.paused(on).filter(user=OuterRef("pk")))


@dataclass(frozen=True)
class LeftOut:
    """A person with a mandate the mailing is meant for who gets none, and why."""

    user: User
    reason: Delivery.Skip


def left_out_of(mailing: Mailing, on: dt.date) -> list[LeftOut]:
    """Who holds a chosen mandate on that day and gets no mail: unsubscribed, paused, or shut out by the team."""
    people = (
        User.objects.filter(_is_meant_for(mailing, on))
        .not_erased()
        .annotate(unsubscribed=_has_unsubscribed(mailing))
        .filter(Q(is_active=False) | Q(unsubscribed=True) | _has_paused(on))
        .order_by("last_name", "first_name", "pk")
    )
    return [LeftOut(person, _why_left_out(person.is_active, person.unsubscribed)) for person in people]


def _why_left_out(is_active: bool, has_unsubscribed: bool) -> Skip:
    if not is_active:
        return Skip.NO_ACCESS
    return Skip.UNSUBSCRIBED if has_unsubscribed else Skip.PAUSED


# --- Notices ------------------------------------------------------------------------------------


def staff_with(permission: str) -> QuerySet[User]:
    """Active members of staff who hold a permission (`app.codename`), by group, by themselves or as superuser."""
    app, codename = permission.split(".")
    by_group = Q(groups__permissions__content_type__app_label=app, groups__permissions__codename=codename)
    by_self = Q(user_permissions__content_type__app_label=app, user_permissions__codename=codename)
    return User.objects.staff().filter(by_group | by_self | Q(is_superuser=True)).distinct().order_by("pk")


def officials_of(municipality_ids: Iterable[int], on: dt.date) -> QuerySet[User]:
    """Who holds a mandate in one of these municipalities on that day, each once."""
    mandate = Mandate.objects.in_force(on).filter(user=OuterRef("pk"), municipality__in=list(municipality_ids))
    return User.objects.filter(Exists(mandate), is_active=True, is_staff=False).order_by("pk")


def reviewers() -> QuerySet[User]:
    """The cabinet's reviewers."""
    return User.objects.filter(is_cabinet_reviewer=True, is_active=True).order_by("pk")


# --- The last moment: mailings ------------------------------------------------------------------

# Who a mail of a mailing would reach now, a row a mail however many mandates, with or without an account: one query for any number.
READERS = """
SELECT delivery.id, delivery.run_id, person.is_active, person.is_staff, person.form_of_address,
       CASE WHEN addressee.id IS NULL THEN lower(person.email) = lower(delivery.email)
            WHEN addressee.circle = 'institution' THEN lower(municipality.mail_address) = lower(delivery.email)
            WHEN addressee.circle = 'association'
            THEN coalesce(contact.has_consented AND lower(contact.email) = lower(delivery.email), false)
            ELSE true END,
       preference.unsubscribed_at IS NOT NULL OR choice.unsubscribed_at IS NOT NULL,
       EXISTS (SELECT 1 FROM mailings_addressstate AS known WHERE known.state = 'hard' AND lower(known.email) = lower(delivery.email)
               AND known.person_id = delivery.recipient_id)
       OR (person.id IS NULL AND EXISTS (SELECT 1 FROM mailings_addressstate AS known WHERE known.state = 'hard'
           AND lower(known.email) = lower(delivery.email) AND known.person_id IS NULL)),
       coalesce(preference.unwanted_kinds::text[], '{}'), coalesce(preference.paused_until > %s::date, false),
       coalesce(addressee.circle, ''),
       (SELECT jsonb_agg(jsonb_build_array(mandate.role, mandate.portfolios, mandate.municipality_id) ORDER BY mandate.id)
        FROM municipalities_mandate AS mandate WHERE mandate.user_id = person.id AND mandate.period @> %s::date),
       ARRAY(SELECT follow.theme_id FROM partnerships_themefollow AS follow WHERE follow.person_id = person.id ORDER BY follow.theme_id)
FROM mailings_delivery AS delivery
LEFT JOIN municipalities_user AS person ON person.id = delivery.recipient_id
LEFT JOIN mailings_mailpreference AS preference ON preference.user_id = person.id
LEFT JOIN mailings_addressee AS addressee ON addressee.id = delivery.addressee_id
LEFT JOIN municipalities_municipality AS municipality ON municipality.id = addressee.municipality_id
LEFT JOIN municipalities_associationcontact AS contact ON contact.id = addressee.contact_id
LEFT JOIN mailings_addresschoice AS choice ON addressee.id IS NOT NULL AND lower(choice.email) = lower(delivery.email)
WHERE delivery.id = ANY(%s)
"""


class HeldNow(NamedTuple):
    """What matters of a mandate in force."""

    role: str
    portfolios: list[str]
    municipality_id: int


@dataclass(frozen=True, slots=True)
class Reader:
    """What is true now of the person, or of the address without an account (then with its circle), to whom one mail of a mailing goes."""

    run_id: int
    is_active: bool
    is_staff: bool
    form_of_address: str
    has_this_address: bool
    has_unsubscribed: bool
    is_refusing: bool
    unwanted_kinds: list[str]
    has_paused: bool
    circle: str
    mandates: tuple[HeldNow, ...]
    themes: tuple[int, ...] = ()

    def reason_against(self, mailing: Mailing | None) -> Delivery.Skip | None:
        """None, or why the mailing is not to reach this person after all."""
        if not self.circle and (not self.is_active or not (self.mandates or self.is_staff)):
            return Skip.NO_ACCESS
        if not self.has_this_address:
            return Skip.ADDRESS_CHANGED
        return self._obstacle_to(mailing) or (None if mailing and self._is_meant(mailing) else Skip.NO_LONGER_CONCERNED)

    def _obstacle_to(self, mailing: Mailing | None) -> Delivery.Skip | None:
        if self.has_unsubscribed or (mailing and mailing.kind in self.unwanted_kinds):
            return Skip.UNSUBSCRIBED
        if self.is_refusing:
            return Skip.BOUNCED
        return Skip.PAUSED if self.has_paused else None

    def _is_meant(self, mailing: Mailing) -> bool:
        if self.circle:
            return True  # written down at planning, from the audience that was approved
        is_of_team = self.is_staff and Mailing.Circle.STAFF in mailing.audience_circles
        return is_of_team or any(_is_chosen(mailing, mandate) for mandate in self.mandates)


def readers_of(deliveries: Iterable[int], on: dt.date) -> dict[int, Reader]:
    """The readers of these mails of mailings on that day, by the number of the mail."""
    with connection.cursor() as cursor:
        cursor.execute(READERS, [on, on, list(deliveries)])
        return {pk: _reader(facts, json.loads(held or "[]"), themes) for pk, *facts, held, themes in cursor.fetchall()}


def _reader(facts: list[Any], held: list[list[Any]], themes: list[int]) -> Reader:
    run_id, is_active, is_staff, form_of_address, *now = facts
    mandates = tuple(HeldNow(*mandate) for mandate in held)
    is_known = (bool(is_active), bool(is_staff), form_of_address or "")
    has_this_address, has_unsubscribed, is_refusing, unwanted_kinds, has_paused, circle = now
    choices = (has_this_address, has_unsubscribed, is_refusing, unwanted_kinds, has_paused)
    return Reader(run_id, *is_known, *choices, circle, mandates, tuple(themes))


def mailings_of(runs: Iterable[int]) -> dict[int, Mailing]:
    """The mailing of each run."""
    return {mailing.run.pk: mailing for mailing in Mailing.objects.filter(run__in=set(runs)).select_related("run")}


def _is_chosen(mailing: Mailing, mandate: HeldNow) -> bool:
    if mandate.role not in mailing.audience_roles:
        return False
    if mailing.audience_municipalities and mandate.municipality_id not in mailing.audience_municipalities:
        return False
    if mandate.role != Mandate.Role.ALDERMAN or not mailing.audience_portfolios:
        return True
    return bool(set(mandate.portfolios) & set(mailing.audience_portfolios))


# --- The last moment: other mails ---------------------------------------------------------------


class _Now:
    """What is true now of the recipients of a batch, in a fixed number of queries."""

    def __init__(self, deliveries: Sequence[Delivery], on: dt.date) -> None:
        people = {delivery.recipient_id for delivery in deliveries if delivery.recipient_id}
        self.people = User.objects.in_bulk(people)
        self.mandates: dict[int, list[Mandate]] = defaultdict(list)
        for mandate in Mandate.objects.in_force(on).filter(user__in=people):
            self.mandates[mandate.user_id].append(mandate)
        self.delegations: dict[int, list[Delegation]] = defaultdict(list)
        for delegation in Delegation.objects.live(on).filter(delegate__in=people).select_related("mandate"):
            self.delegations[delegation.delegate_id].append(delegation)
        self.places, verbs = _places_and_verbs(deliveries)
        self.words_of_welcome = {pk for pk, verb in verbs.items() if verb == Event.Verb.PERSON_WELCOMED}
        self.endings = {pk for pk, verb in verbs.items() if verb not in (Event.Verb.QUESTION_FORWARDED, Event.Verb.QUESTION_REMINDED)}
        forwardings = {delivery.forwarding_id for delivery in deliveries if delivery.forwarding_id}
        self.forwardings = Forwarding.objects.select_related("body", "question").in_bulk(forwardings)

    def reason_against(self, delivery: Delivery) -> Delivery.Skip | None:
        if delivery.forwarding_id:
            return self._reason_against_body(delivery, self.forwardings[delivery.forwarding_id])
        person = self.people[delivery.recipient_id or 0]
        mandates = self.mandates[person.pk]
        has_access = person.is_staff or person.is_cabinet_reviewer or mandates or self.delegations[person.pk]
        is_welcome = delivery.notice_id in self.words_of_welcome  # goes before the first day of a mandate too
        if not person.is_active or not (has_access or is_welcome):
            return Skip.NO_ACCESS
        if person.email.lower() != delivery.email.lower():
            return Skip.ADDRESS_CHANGED
        if delivery.kind == Delivery.Kind.LOGIN_CODE and timezone.now() - delivery.planned_at > CODE_LASTS:
            return Skip.NO_LONGER_CONCERNED
        if delivery.kind == Delivery.Kind.NOTICE:
            return self._reason_against_notice(delivery, person, mandates)
        return None

    def _reason_against_body(self, delivery: Delivery, forwarding: Forwarding) -> Delivery.Skip | None:
        """A body is written to at the address it has now; what asks for a reply, only while one is still expected."""
        if forwarding.body.email.lower() != delivery.email.lower():
            return Skip.ADDRESS_CHANGED
        tells_of_end = delivery.notice_id in self.endings
        return None if tells_of_end or forwarding.is_open else Skip.NO_LONGER_CONCERNED

    def _reason_against_notice(self, delivery: Delivery, person: User, mandates: list[Mandate]) -> Delivery.Skip | None:
        """What concerns a municipality goes to people with a mandate in it, own or delegated, and to staff; to nobody else."""
        places = self.places.get(delivery.notice_id or 0)
        held = {mandate.municipality_id for mandate in mandates}
        held |= {delegation.mandate.municipality_id for delegation in self.delegations[person.pk]}
        if places is None or person.is_staff or held & places:
            return None
        return Skip.NO_LONGER_CONCERNED


def _places_and_verbs(deliveries: Iterable[Delivery]) -> tuple[dict[int, set[int]], dict[int, str]]:
    """Per notice the municipality of its event, or those its event lists (a notice of neither is missing); and what happened."""
    notices = {delivery.notice_id for delivery in deliveries if delivery.notice_id}
    wanted = ("pk", "event__municipality", "event__data__municipalities", "event__verb")
    rows = list(Notice.objects.filter(pk__in=notices).values_list(*wanted))
    places = {pk: {one} if one else set(listed) for pk, one, listed, _verb in rows if one or listed}
    return places, {pk: verb for pk, _one, _listed, verb in rows}


def still_wanted(deliveries: Sequence[Delivery], on: dt.date) -> dict[int, Delivery.Skip | None]:
    """Ask again, just before sending: per delivery None, or why the mail is not to go out after all."""
    readers = readers_of([delivery.pk for delivery in deliveries if delivery.kind == Delivery.Kind.MAILING], on)
    mailings = mailings_of(reader.run_id for reader in readers.values())
    others = [delivery for delivery in deliveries if delivery.kind != Delivery.Kind.MAILING]
    now = _Now(others, on) if others else None
    reasons = {delivery.pk: now.reason_against(delivery) for delivery in others} if now else {}
    return reasons | {pk: reader.reason_against(mailings.get(reader.run_id)) for pk, reader in readers.items()}
