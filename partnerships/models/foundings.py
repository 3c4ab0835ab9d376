"""The link between a request and the traders' association that came of it."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import Association, User
from partnerships.models.requests import ServiceRequest


class Founding(models.Model):
    """One association entered from one request, or known before and linked to it: read from either side, and each at most once."""

    request = models.OneToOneField(ServiceRequest, verbose_name=_("request"), on_delete=models.PROTECT, related_name="founding")
    association = models.OneToOneField(
        Association, verbose_name=_("traders' association"), on_delete=models.PROTECT, related_name="founding"
    )
    founded_on = models.DateField(_("founded on"), help_text=_("From this day the months to the follow-ups are counted."))
    was_known = models.BooleanField(
        _("known before"), default=False, db_default=False, help_text=_("It stood in the register and was linked to the request.")
    )
    by = models.ForeignKey(User, verbose_name=_("entered by"), on_delete=models.PROTECT, related_name="+", db_index=False)
    entered_at = models.DateTimeField(_("entered on"), default=timezone.now)

    class Meta:
        verbose_name = _("founding of an association")
        verbose_name_plural = _("foundings of associations")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.association} · {self.request.reference}"
