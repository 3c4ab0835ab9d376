"""Whom a mailing goes to beside people with an account: municipalities as institutions, traders' associations, extra addresses."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.models.mailings import Mailing
from municipalities.associations import AssociationContact
from municipalities.languages import CorrespondenceLanguage
from municipalities.models import Municipality, User


class Addressee(models.Model):
    """An address without an account to which one mailing goes, and why; each address once per mailing.

    Extra addresses are entered by the editors before the approval, which covers them; the others are written down when the
    sending is planned.
    """

    class Circle(models.TextChoices):
        INSTITUTION = "institution", _("Municipality as an institution")
        ASSOCIATION = "association", _("Traders' association")
        EXTRA = "extra", _("Extra address")

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="addressees")
    circle = models.CharField(_("why they receive it"), max_length=12, choices=Circle.choices)
    email = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=4, choices=CorrespondenceLanguage.choices, default=CorrespondenceLanguage.BOTH)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contact = models.ForeignKey(AssociationContact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    added_by = models.ForeignKey(User, verbose_name=_("entered by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(_("entered on"), default=timezone.now)

    class Meta:
        verbose_name = _("address of a mailing")
        verbose_name_plural = _("addresses of mailings")
        ordering: ClassVar = ["circle", "name", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                "mailing",
                Lower("email"),
                name="addressee_once_per_mailing_and_address",
                violation_error_message=_("This address already receives the mailing."),
            ),
            models.CheckConstraint(
                name="addressee_extra_has_reason",
                condition=~models.Q(circle="extra") | (~models.Q(reason="") & models.Q(added_by__isnull=False)),
                violation_error_message=_("Please say why this address receives the mailing."),
            ),
            models.CheckConstraint(
                name="addressee_institution_in_both_languages",
                condition=~models.Q(circle="institution") | models.Q(language="both", municipality__isnull=False),
            ),
            models.CheckConstraint(
                name="addressee_association_has_municipality",
                condition=~models.Q(circle="association") | models.Q(municipality__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AddressChoice(models.Model):
    """What the holder of an address without an account chose by the links of a mail: a language, or no mailings any more."""

    email = models.EmailField(_("e-mail address"), max_length=254)
    language = models.CharField(_("language"), max_length=4, choices=CorrespondenceLanguage.choices, blank=True)
    unsubscribed_at = models.DateTimeField(_("unsubscribed from mailings on"), null=True, blank=True)

    class Meta:
        verbose_name = _("choice of an address")
        verbose_name_plural = _("choices of addresses")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="address_choice_once_per_address")]

    def __str__(self) -> str:
        return self.email
