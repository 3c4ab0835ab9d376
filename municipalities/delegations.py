"""Delegations: what a mayor or alderman lets somebody do in their name; and the word of welcome to whoever was entered by others."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from municipalities.models import Mandate, Municipality, User

POLITICAL = ("mayor", "alderman")


def signed(person: "User", behalf_of: "User | None") -> str:
    """The name under what a person wrote: `X`, or `X for Y` when they wrote in the name of Y."""
    if behalf_of is None:
        return person.full_name
    return gettext("%(name)s for %(other)s") % {"name": person.full_name, "other": behalf_of.full_name}


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def live(self, on: dt.date) -> "DelegationQuerySet":
        """Neither declined nor revoked, its period runs, and so does the mandate it hangs on, of a person who is let in."""
        return self.filter(
            declined_at=None,
            revoked_at=None,
            period__contains=on,
            mandate__period__contains=on,
            mandate__role__in=POLITICAL,
            mandate__user__is_active=True,
        )

    def in_force(self, on: dt.date) -> "DelegationQuerySet":
        """Accepted and live: what it allows is allowed on that day."""
        return self.live(on).filter(accepted_at__isnull=False)

    def invited(self, on: dt.date) -> "DelegationQuerySet":
        """Live and not yet answered."""
        return self.live(on).filter(accepted_at=None)

    def given_by(self, person: "User") -> "DelegationQuerySet":
        return self.filter(mandate__user=person)

    def newest_first(self) -> "DelegationQuerySet":
        return self.select_related("mandate__user", "mandate__municipality", "delegate").order_by("-pk")


class Delegation(models.Model):
    """A mayor or alderman lets somebody act in their name. It ends with its period, its mandate, or a press of a button.

    The database refuses a second one between the same two on the same day, a period outside the mandate, and oneself.
    """

    class Scope(models.TextChoices):
        READ = "read", _("Read along: requests, agreement and mailings")
        OWN = "own", _("Ask in my name, and see only the requests they make themselves")
        REQUESTS = "requests", _("Write and answer requests in my name, and read along")

    class State(models.TextChoices):
        INVITED = "invited", _("Invited")
        IN_FORCE = "in_force", _("In force")
        DECLINED = "declined", _("Declined")
        REVOKED = "revoked", _("Taken back")
        ENDED = "ended", _("Ended")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mandate = models.ForeignKey("municipalities.Mandate", verbose_name=_("mandate"), on_delete=models.PROTECT, related_name="delegations")
    delegate = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("delegate"), on_delete=models.PROTECT, related_name="delegations")
    scope = models.CharField(_("what for"), max_length=10, choices=Scope.choices)
    period = DateRangeField(_("period"))
    invited_at = models.DateTimeField(_("invited on"), default=timezone.now)
    accepted_at = models.DateTimeField(_("accepted on"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined on"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("taken back on"), null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering: ClassVar = ["-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                name="delegation_period_has_start",
                condition=models.Q(period__startswith__isnull=False, period__isempty=False),
                violation_error_message=_("A delegation starts on a day and lasts at least one day."),
            ),
            models.CheckConstraint(
                name="delegation_answered_once", condition=models.Q(accepted_at__isnull=True) | models.Q(declined_at__isnull=True)
            ),
            models.CheckConstraint(name="delegation_scope_known", condition=models.Q(scope__in=["read", "own", "requests"])),
            ExclusionConstraint(
                name="delegation_once_per_pair_and_day",
                expressions=[
                    ("mandate", RangeOperators.EQUAL),
                    ("delegate", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(declined_at__isnull=True, revoked_at__isnull=True),
                violation_error_message=_("This person is already your delegate, or invited, on some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return signed(self.delegate, self.mandate.user)

    @property
    def ends_on(self) -> dt.date | None:
        """The last day on which it allows anything: of its period or of the mandate, whichever comes first; None while none is known."""
        ends = [period.upper - dt.timedelta(days=1) for period in (self.period, self.mandate.period) if period.upper]
        return min(ends, default=None)

    def state_on(self, on: dt.date) -> State:
        if self.declined_at:
            return self.State.DECLINED
        if self.revoked_at:
            return self.State.REVOKED
        if self.ends_on and self.ends_on < on:
            return self.State.ENDED
        return self.State.IN_FORCE if self.accepted_at else self.State.INVITED


@dataclass(frozen=True)
class Standing:
    """On what ground a person stands in a municipality on a day: a mandate of their own, or one of another's, delegated to them."""

    mandate: "Mandate"
    delegation: int | None = None
    scope: str = ""

    @property
    def municipality(self) -> "Municipality":
        return self.mandate.municipality

    @property
    def is_own(self) -> bool:
        return self.delegation is None

    @property
    def may_write(self) -> bool:
        return self.is_own or self.scope in (Delegation.Scope.REQUESTS, Delegation.Scope.OWN)

    @property
    def is_limited(self) -> bool:
        """Covers nothing but the requests the person made."""
        return self.scope == Delegation.Scope.OWN


class Welcome(models.Model):
    """A person entered by others was told so: by whom and when, for what purpose, and with which rights (GDPR, article 14). Once."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="welcome")
    at = models.DateTimeField(_("welcomed on"), default=timezone.now)

    class Meta:
        verbose_name = _("welcome")
        verbose_name_plural = _("welcomes")
        ordering: ClassVar = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user}"
