"""What the agency says when it asks a municipality for data or a study; and which request takes up what an ended one was about."""

from typing import ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from partnerships.models.requests import ServiceRequest


class DataRequestDetails(models.Model):
    """Beside a request of the agency to a municipality: why, of which period, in which form, and who sees the result."""

    class Sharing(models.TextChoices):
        PARTIES = "parties", _("The municipality and the agency alone")
        MUNICIPALITIES = "municipalities", _("The agency and the 19 municipalities")
        PUBLIC = "public", _("Everybody")

    request = models.OneToOneField(ServiceRequest, on_delete=models.CASCADE, primary_key=True, related_name="data_request")
    why = models.TextField(_("why it is asked"), blank=True, validators=[MaxLengthValidator(2000)])
    period_wanted = models.CharField(_("period the data are about"), max_length=200, blank=True)
    data_format = models.CharField(_("format"), max_length=200, blank=True)
    personal_data = models.BooleanField(_("personal data are involved"), default=False)
    legal_basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    sharing = models.CharField(_("who may see the result afterwards"), max_length=15, choices=Sharing.choices, blank=True)

    class Meta:
        verbose_name = _("details of what the agency asks")
        verbose_name_plural = _("details of what the agency asks")
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                name="data_request_sharing_known", condition=models.Q(sharing__in=["", "parties", "municipalities", "public"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}"


class Continuation(models.Model):
    """A new request that takes up what an ended one was about, too late to be reopened."""

    request = models.OneToOneField(ServiceRequest, on_delete=models.CASCADE, primary_key=True, related_name="continuation")
    of = models.ForeignKey(ServiceRequest, on_delete=models.PROTECT, related_name="continued_by")

    class Meta:
        verbose_name = _("continuation")
        verbose_name_plural = _("continuations")
        default_permissions = ()
        constraints: ClassVar = [models.CheckConstraint(name="continuation_of_another", condition=~models.Q(request=models.F("of")))]

    def __str__(self) -> str:
        return f"{self.request} ← {self.of}"
