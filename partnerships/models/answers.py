"""What every request tells besides its title and words: where, who, until when it is kept among few."""

import datetime as dt
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.associations import Association
from municipalities.models import Portfolio, User
from municipalities.places import Neighbourhood, Street
from partnerships.models.rows import RowsField, is_list

PHONE = RegexValidator(r"^[+0-9 ()./-]*$", _("Digits, spaces and a plus sign, for example +32 2 000 00 00."))
OUTSIDE_CONTACT = ("name", "organisation", "contact")


class YesNo(models.TextChoices):
    """A question that must be answered, so that an empty answer is not taken for a no."""

    YES = "yes", _("Yes")
    NO = "no", _("No")


def is_confidential_on(on: dt.date) -> models.Q:
    """Requests kept from delegates on that day."""
    return models.Q(is_confidential=True) & (models.Q(confidential_until=None) | models.Q(confidential_until__gte=on))


class Answers(models.Model):
    """The part of a request that its steps 'where', 'who' and 'when' ask, whatever its kind."""

    class BestPractice(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        ASK = "ask", pgettext_lazy("may it be told", "Ask me first")

    neighbourhoods = models.ManyToManyField(Neighbourhood, verbose_name=_("neighbourhoods"), blank=True, related_name="requests")
    streets = models.ManyToManyField(Street, verbose_name=_("streets"), blank=True, related_name="requests")
    area = models.CharField(_("another place, in words"), max_length=300, blank=True)

    political_lead = models.ForeignKey(
        User, verbose_name=_("political lead"), on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    portfolio = models.CharField(_("portfolio"), max_length=20, choices=Portfolio.choices, blank=True)
    technical_person = models.ForeignKey(
        User, verbose_name=_("technical contact"), on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    technical_contact = models.CharField(_("technical contact who is not in the list"), max_length=200, blank=True)
    technical_phone = models.CharField(_("telephone of the technical contact"), max_length=30, blank=True, validators=[PHONE])
    followers = models.ManyToManyField(
        User, verbose_name=_("colleagues who follow the request"), blank=True, related_name="requests_followed"
    )
    associations = models.ManyToManyField(
        Association, verbose_name=_("traders' associations concerned"), blank=True, related_name="requests_concerning"
    )
    outside_contacts = RowsField(_("others concerned"), columns=OUTSIDE_CONTACT, most=10)

    college_decided_on = models.DateField(_("day of the college's decision"), null=True, blank=True)
    best_practice = models.CharField(
        _("may the case be told as a best practice later"), max_length=3, choices=BestPractice.choices, blank=True
    )
    is_confidential = models.BooleanField(_("confidential"), default=False)
    confidential_until = models.DateField(_("confidential until"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                name="request_secret_before_its_end",
                condition=models.Q(is_confidential=True) | models.Q(confidential_until=None),
                violation_error_message=_("An end is given, but the request is not confidential."),
            ),
            models.CheckConstraint(name="request_outside_contacts_list", condition=is_list("outside_contacts")),
        ]

    def is_kept_from_delegates(self, on: dt.date) -> bool:
        """Whether only people with a mandate of their own, and who asked, read it that day."""
        return self.is_confidential and (self.confidential_until is None or self.confidential_until >= on)
