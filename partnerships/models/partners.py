"""Partner organisations, and what of a request was referred to one of them or to a colleague."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from municipalities.languages import Bilingual, ContentLanguage, content_language
from municipalities.models import User
from municipalities.search import plain_words
from partnerships.models.messages import Message
from partnerships.models.requests import ServiceRequest
from partnerships.models.themes import Theme


class PartnerQuerySet(models.QuerySet["PartnerOrganisation"]):
    def active(self) -> "PartnerQuerySet":
        return self.filter(is_active=True)

    def sorted_for_reader(self) -> "PartnerQuerySet":
        return self.order_by(plain_words(f"name_{content_language()}"), "pk")


class PartnerOrganisation(models.Model):
    """Another organisation that helps trade and municipalities in Brussels: what it does, and how it is reached.

    Its address and telephone are those of the organisation; a person's name is kept only where somebody gave it for that.
    """

    name_fr = models.CharField(_("name in French"), max_length=120, unique=True)
    name_nl = models.CharField(_("name in Dutch"), max_length=120, unique=True)
    does_fr = models.TextField(_("what it does, in French"), validators=[MaxLengthValidator(1000)])
    does_nl = models.TextField(_("what it does, in Dutch"), validators=[MaxLengthValidator(1000)])
    themes = models.ManyToManyField(Theme, verbose_name=_("themes"), blank=True, related_name="+")
    languages = ArrayField(
        models.CharField(max_length=2, choices=ContentLanguage.choices), verbose_name=_("languages"), default=list, blank=True
    )
    contact = models.CharField(_("person to ask for"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    website = models.URLField(_("website"), blank=True)
    is_active = models.BooleanField(_("requests can be referred to it"), default=True)

    history = HistoricalRecords()
    objects = PartnerQuerySet.as_manager()
    name = Bilingual("name")
    does = Bilingual("does")

    class Meta:
        verbose_name = _("partner organisation")
        verbose_name_plural = _("partner organisations")
        ordering: ClassVar = ["name_fr", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="partner_can_be_reached",
                condition=~models.Q(email="", phone="", website=""),
                violation_error_message=_("Give at least one way to reach it: address, telephone or website."),
            )
        ]

    def __str__(self) -> str:
        return str(self.name)


class ReferralQuerySet(models.QuerySet["Referral"]):
    def of(self, request: ServiceRequest) -> "ReferralQuerySet":
        """Everybody the request was referred to, oldest first, with the words that went with it."""
        related = ("partner", "colleague", "by", "message", "ended_message")
        return self.filter(request=request).select_related(*related).order_by("pk")

    def open(self) -> "ReferralQuerySet":
        return self.filter(ended_at=None)


class Referral(models.Model):
    """A request is in the hands of a partner organisation or a colleague as well, until that has ended.

    The agency stays the municipality's contact. Both sides see to whom, since when and why; the words are messages of the
    conversation. One that is still open when the request ends, ends with it and without words.
    """

    request = models.ForeignKey(ServiceRequest, on_delete=models.PROTECT, related_name="referrals")
    partner = models.ForeignKey(
        PartnerOrganisation,
        verbose_name=_("partner organisation"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="referrals",
    )
    colleague = models.ForeignKey(
        User, verbose_name=_("colleague"), on_delete=models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    by = models.ForeignKey(User, verbose_name=_("referred by"), on_delete=models.PROTECT, related_name="+", db_index=False)
    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="referral")
    made_at = models.DateTimeField(_("referred on"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended on"), null=True, blank=True)
    ended_message = models.OneToOneField(Message, on_delete=models.PROTECT, null=True, blank=True, related_name="referral_ended")
    ended_with_request = models.BooleanField(default=False, db_default=False)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                name="referral_to_one",
                condition=models.Q(partner__isnull=False, colleague__isnull=True) | models.Q(partner__isnull=True, colleague__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_ended_with_words",
                condition=models.Q(ended_at__isnull=True, ended_message__isnull=True, ended_with_request=False)
                | models.Q(ended_at__isnull=False, ended_message__isnull=False, ended_with_request=False)
                | models.Q(ended_at__isnull=False, ended_message__isnull=True, ended_with_request=True),
            ),
            models.UniqueConstraint(
                fields=["request", "partner"], name="referral_to_partner_once", condition=models.Q(ended_at__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["request", "colleague"], name="referral_to_colleague_once", condition=models.Q(ended_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request.reference} → {self.to}"

    @property
    def to(self) -> str:
        """The name of the organisation or the colleague."""
        return str(self.partner) if self.partner else self.colleague.full_name if self.colleague else ""

    @property
    def is_open(self) -> bool:
        return self.ended_at is None
