"""What was agreed at a consultation: who does what until when, and whether it is done."""

import datetime as dt
import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.languages import Bilingual
from municipalities.models import Municipality, User
from partnerships.models.consultations import Consultation


class ActionQuerySet(models.QuerySet["ConsultationAction"]):
    def visible_to(self, user: User, on: dt.date | None = None) -> "ActionQuerySet":
        """Once the minutes are published: for who reads these, and for the municipality that is to do it."""
        if user.is_staff:
            return self if user.has_perm("partnerships.view_consultation") else self.none()
        own = user.municipality_ids_on(on or timezone.localdate())
        published = self.filter(consultation__state=Consultation.State.PUBLISHED)
        readable = models.Q(consultation__in=Consultation.objects.visible_to(user, on).order_by())
        return published.filter(readable | models.Q(municipality__in=own)) if own else self.none()

    def open(self) -> "ActionQuerySet":
        return self.filter(done_on=None, consultation__state=Consultation.State.PUBLISHED)

    def held_by(self, user: User, on: dt.date) -> "ActionQuerySet":
        """Those of the municipalities in which the person may write that day."""
        return self.filter(municipality__in=[place.pk for place in user.municipalities_on(on, writing=True)])


class ConsultationAction(models.Model):
    """One thing somebody is to do: a municipality, the agency, or another body by its name."""

    class Holder(models.TextChoices):
        MUNICIPALITY = "municipality", _("A municipality")
        AGENCY = "agency", _("The agency")
        BODY = "body", _("Another body")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="actions")
    holder = models.CharField(_("who"), max_length=15, choices=Holder.choices)
    municipality = models.ForeignKey(
        Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    body = models.CharField(_("name of the body"), max_length=160, blank=True)
    what_fr = models.CharField(_("what, in French"), max_length=300)
    what_nl = models.CharField(_("what, in Dutch"), max_length=300)
    due_on = models.DateField(_("until"))
    told_of = models.DateField(null=True, editable=False, help_text=_("The day of which the reminder was sent."))
    done_on = models.DateField(_("done on"), null=True, blank=True, editable=False)
    done_by = models.ForeignKey(
        User, verbose_name=_("ticked by"), on_delete=models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )

    objects = ActionQuerySet.as_manager()
    what = Bilingual("what")

    class Meta:
        verbose_name = _("action of a consultation")
        verbose_name_plural = _("actions of consultations")
        ordering: ClassVar = ["due_on", "pk"]
        indexes: ClassVar = [models.Index(fields=["due_on", "id"], name="consultation_action_open", condition=models.Q(done_on=None))]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="consultation_action_has_one_holder",
                condition=models.Q(holder="municipality", municipality__isnull=False, body="")
                | models.Q(holder="agency", municipality=None, body="")
                | (models.Q(holder="body", municipality=None) & ~models.Q(body="")),
                violation_error_message=_("Name the municipality or the body that is to do it, and only that one."),
            ),
            models.CheckConstraint(
                name="consultation_action_done_by_somebody",
                condition=models.Q(done_on=None, done_by=None) | models.Q(done_on__isnull=False, done_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.what)

    @property
    def holder_name(self) -> str:
        """The municipality, the agency or the body, as people call it."""
        if self.holder == self.Holder.MUNICIPALITY:
            return str(self.municipality)
        return self.body or "hub.brussels"

    def is_late(self, on: dt.date) -> bool:
        return self.done_on is None and self.due_on < on
