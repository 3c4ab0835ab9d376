"""The three services to which an agreement gives a municipality a right."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    AUDIT = "audit", _("Audit and diagnosis of economic activity")
    DEVELOPMENT = "development", _("Economic and commercial development")
    WORKS = "works", _("Support during public works")
