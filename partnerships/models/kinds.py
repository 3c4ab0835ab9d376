"""The three services to which an agreement gives a municipality a right."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext


class Kind(models.TextChoices):
    AUDIT = "audit", _("Audit and diagnosis of economic activity")
    DEVELOPMENT = "development", _("Economic and commercial development")
    WORKS = "works", _("Support during public works")

    @property
    def short(self) -> str:
        """The service in a word, where a list has no room for its name."""
        return {
            Kind.AUDIT: pgettext("type of request", "Audit"),
            Kind.DEVELOPMENT: pgettext("type of request", "Development"),
            Kind.WORKS: pgettext("type of request", "Works"),
        }[self]
