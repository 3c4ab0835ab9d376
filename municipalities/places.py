"""Neighbourhoods and streets of a municipality, as far as local trade speaks of them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from municipalities.languages import Bilingual, content_language
from municipalities.search import plain_value, plain_words


class PlaceQuerySet(models.QuerySet):
    def sorted_for_reader(self) -> "PlaceQuerySet":
        return self.order_by(f"sort_key_{content_language()}", "pk")

    def matching(self, words: str) -> "PlaceQuerySet":
        """Places whose name in either language holds the words, accents or not."""
        plain = plain_value(words.strip())
        return self.filter(models.Q(sort_key_fr__contains=plain) | models.Q(sort_key_nl__contains=plain))


class Place(models.Model):
    """Something in a municipality with a name in both languages; the database keeps the keys by which lists sort."""

    name_fr = models.CharField(_("name in French"), max_length=80)
    name_nl = models.CharField(_("name in Dutch"), max_length=80)
    sort_key_fr = models.GeneratedField(expression=plain_words(models.F("name_fr")), output_field=models.TextField(), db_persist=True)
    sort_key_nl = models.GeneratedField(expression=plain_words(models.F("name_nl")), output_field=models.TextField(), db_persist=True)

    objects = PlaceQuerySet.as_manager()
    name = Bilingual("name")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.name)


class Neighbourhood(Place):
    """A part of a municipality under its everyday name; it has no border and decides nothing."""

    municipality = models.ForeignKey(
        "municipalities.Municipality", verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="neighbourhoods"
    )

    class Meta:
        verbose_name = _("neighbourhood")
        verbose_name_plural = _("neighbourhoods")
        ordering: ClassVar = ["municipality", "sort_key_fr", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["municipality", "name_fr"], name="neighbourhood_once")]


class Street(Place):
    """A street that matters to local trade, in the part of it that lies in this municipality."""

    class Kind(models.TextChoices):
        SHOPPING = "shopping", _("Shopping street")
        WORKS = "works", _("Street known for its works")

    municipality = models.ForeignKey(
        "municipalities.Municipality", verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="streets"
    )
    neighbourhood = models.ForeignKey(
        Neighbourhood, verbose_name=_("neighbourhood"), on_delete=models.PROTECT, null=True, blank=True, related_name="streets"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.SHOPPING)

    class Meta:
        verbose_name = _("street")
        verbose_name_plural = _("streets")
        ordering: ClassVar = ["municipality", "sort_key_fr", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["municipality", "name_fr"], name="street_once_per_municipality")]
