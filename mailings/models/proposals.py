"""What was proposed to a weekly mailing, so that it is never proposed by itself again."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.models.mailings import Mailing


class Proposal(models.Model):
    """One piece of news was put into the draft of this mailing; it stays known when the editor takes it out."""

    kind = models.CharField(_("kind"), max_length=30)
    key = models.CharField(max_length=64)
    mailing = models.ForeignKey(Mailing, verbose_name=_("mailing"), on_delete=models.PROTECT, related_name="proposals")
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("news proposed to a mailing")
        verbose_name_plural = _("news proposed to mailings")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(name="proposal_once_per_news", fields=["kind", "key"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
