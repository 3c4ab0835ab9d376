"""Who receives a mail: chosen by role, portfolio and the dates of mandates, and asked again at the last moment."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from mailings.models import Delivery, Mailing, Notice
from municipalities.delegations import Delegation
from municipalities.models import Mandate, User
from partnerships.models import Event

Skip = Delivery.Skip
CODE_LASTS = dt.timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)


# --- Mailings -----------------------------------------------------------------------------------


def mandates_chosen(mailing: Mailing, on: dt.date) -> QuerySet[Mandate]:
    """The mandates in force on that day that a mailing is meant for: by role, and for aldermen by portfolio."""
    chosen = Q(role__in=mailing.audience_roles)
    if mailing.audience_portfolios:
        chosen &= ~Q(role=Mandate.Role.ALDERMAN) | Q(portfolios__overlap=mailing.audience_portfolios)
    return Mandate.objects.in_force(on).filter(chosen)


def chosen_for(mailing: Mailing, on: dt.date) -> QuerySet[User]:
    """The people a mailing is meant for on that day, each once; some of them may have unsubscribed."""
    mandate = mandates_chosen(mailing, on).filter(user=OuterRef("pk"))
    return User.objects.filter(Exists(mandate), is_active=True).order_by("pk")


def recipients_of(mailing: Mailing, on: dt.date) -> QuerySet[User]:
    """The people a mailing would go to on that day."""
    return chosen_for(mailing, on).filter(mail_preference__unsubscribed_at__isnull=True)


@dataclass(frozen=True)
class LeftOut:
    """A person with a mandate the mailing is meant for who gets none, and why."""

    user: User
    reason: Delivery.Skip


def left_out_of(mailing: Mailing, on: dt.date) -> list[LeftOut]:
    """Who holds a chosen mandate on that day and gets no mail: unsubscribed, or shut out by the team."""
    mandate = mandates_chosen(mailing, on).filter(user=OuterRef("pk"))
    people = (
        User.objects.filter(Exists(mandate))
        .filter(Q(is_active=False) | Q(mail_preference__unsubscribed_at__isnull=False))
        .order_by("last_name", "first_name", "pk")
    )
    return [LeftOut(person, Skip.UNSUBSCRIBED if person.is_active else Skip.NO_ACCESS) for person in people]


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


# --- The last moment ----------------------------------------------------------------------------


class _Now:
    """What is true now of the recipients of a batch, in a fixed number of queries."""

    def __init__(self, deliveries: Sequence[Delivery], on: dt.date) -> None:
        people = {delivery.recipient_id for delivery in deliveries}
        self.people = User.objects.select_related("mail_preference").in_bulk(people)
        self.mandates: dict[int, list[Mandate]] = defaultdict(list)
        for mandate in Mandate.objects.in_force(on).filter(user__in=people):
            self.mandates[mandate.user_id].append(mandate)
        self.delegations: dict[int, list[Delegation]] = defaultdict(list)
        for delegation in Delegation.objects.live(on).filter(delegate__in=people).select_related("mandate"):
            self.delegations[delegation.delegate_id].append(delegation)
        self.places, self.words_of_welcome = _places_and_welcomes(deliveries)
        runs = {delivery.run_id for delivery in deliveries if delivery.run_id}
        self.mailings = {mailing.run.pk: mailing for mailing in Mailing.objects.filter(run__in=runs).select_related("run")}

    def reason_against(self, delivery: Delivery) -> Delivery.Skip | None:
        person = self.people[delivery.recipient_id]
        mandates = self.mandates[person.pk]
        has_access = person.is_staff or person.is_cabinet_reviewer or mandates or self.delegations[person.pk]
        is_welcome = delivery.notice_id in self.words_of_welcome  # goes before the first day of a mandate too
        if not person.is_active or not (has_access or is_welcome):
            return Skip.NO_ACCESS
        if person.email.lower() != delivery.email.lower():
            return Skip.ADDRESS_CHANGED
        if delivery.kind == Delivery.Kind.LOGIN_CODE and timezone.now() - delivery.planned_at > CODE_LASTS:
            return Skip.NO_LONGER_CONCERNED
        if delivery.kind == Delivery.Kind.MAILING:
            return self._reason_against_mailing(delivery, person, mandates)
        if delivery.kind == Delivery.Kind.NOTICE:
            return self._reason_against_notice(delivery, person, mandates)
        return None

    def _reason_against_mailing(self, delivery: Delivery, person: User, mandates: list[Mandate]) -> Delivery.Skip | None:
        if not mandates:
            return Skip.NO_ACCESS
        preference = getattr(person, "mail_preference", None)
        if preference and preference.unsubscribed_at:
            return Skip.UNSUBSCRIBED
        mailing = self.mailings.get(delivery.run_id or 0)
        return None if mailing and any(_is_chosen(mailing, mandate) for mandate in mandates) else Skip.NO_LONGER_CONCERNED

    def _reason_against_notice(self, delivery: Delivery, person: User, mandates: list[Mandate]) -> Delivery.Skip | None:
        """What concerns a municipality goes to people with a mandate in it, own or delegated, and to staff; to nobody else."""
        places = self.places.get(delivery.notice_id or 0)
        held = {mandate.municipality_id for mandate in mandates}
        held |= {delegation.mandate.municipality_id for delegation in self.delegations[person.pk]}
        if places is None or person.is_staff or held & places:
            return None
        return Skip.NO_LONGER_CONCERNED


def _places_and_welcomes(deliveries: Iterable[Delivery]) -> tuple[dict[int, set[int]], set[int]]:
    """Per notice the municipality of its event, or those its event lists (a notice of neither is missing); and the words of welcome."""
    notices = {delivery.notice_id for delivery in deliveries if delivery.notice_id}
    wanted = ("pk", "event__municipality", "event__data__municipalities", "event__verb")
    rows = list(Notice.objects.filter(pk__in=notices).values_list(*wanted))
    places = {pk: {one} if one else set(listed) for pk, one, listed, _verb in rows if one or listed}
    return places, {pk for pk, _one, _listed, verb in rows if verb == Event.Verb.PERSON_WELCOMED}


def _is_chosen(mailing: Mailing, mandate: Mandate) -> bool:
    if mandate.role not in mailing.audience_roles:
        return False
    if mandate.role != Mandate.Role.ALDERMAN or not mailing.audience_portfolios:
        return True
    return bool(set(mandate.portfolios) & set(mailing.audience_portfolios))


def still_wanted(deliveries: Sequence[Delivery], on: dt.date) -> dict[int, Delivery.Skip | None]:
    """Ask again, just before sending: per delivery None, or why the mail is not to go out after all."""
    now = _Now(deliveries, on)
    return {delivery.pk: now.reason_against(delivery) for delivery in deliveries}
