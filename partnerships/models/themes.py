"""The themes on which municipality and agency work: one short vocabulary, kept by the team lead, for agreements and whatever is sorted."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from municipalities.languages import Bilingual
from municipalities.models import User


class Theme(models.Model):
    """A theme, named in both languages; `slug` is its fixed word in addresses and exchanges."""

    name_fr = models.CharField(_("name in French"), max_length=80, unique=True)
    name_nl = models.CharField(_("name in Dutch"), max_length=80, unique=True)
    slug = models.SlugField(_("short name"), max_length=50, unique=True)

    history = HistoricalRecords()
    name = Bilingual("name")

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.name


class ThemeFollow(models.Model):
    """A person wants the news of a theme in the personal part of their weekly mailing."""

    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="themes_followed")
    theme = models.ForeignKey(Theme, verbose_name=_("theme"), on_delete=models.CASCADE, related_name="follows")
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("followed theme")
        verbose_name_plural = _("followed themes")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(name="theme_followed_once", fields=["person", "theme"])]

    def __str__(self) -> str:
        return f"{self.person} · {self.theme}"
