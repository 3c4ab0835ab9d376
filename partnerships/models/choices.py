"""The lists from which the forms of a request offer answers, kept by the team lead in both languages; no rule depends on an entry."""

from collections import defaultdict
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from municipalities.languages import Bilingual

Book = dict[str, dict[str, "Choice"]]


class ChoiceQuerySet(models.QuerySet["Choice"]):
    def book(self) -> Book:
        """All lists at once, in one query: list name → value → entry, in the order of the forms."""
        lists: Book = defaultdict(dict)
        for choice in self.order_by("list", "position", "pk"):
            lists[choice.list][choice.value] = choice
        return lists


class Choice(models.Model):
    """One answer of one list. `value` is what requests keep, so it never changes and no entry is deleted: it is no longer offered."""

    class List(models.TextChoices):
        SECTORS = "sectors", _("Sectors")
        DATA_WANTED = "data_wanted", _("Data wanted")
        RESULT_FORMS = "result_forms", _("Forms of the result")
        PROBLEMS = "problems", _("What is wrong in a neighbourhood")
        PROJECT_KINDS = "project_kinds", _("Kinds of project")
        LEGAL_FORMS = "legal_forms", _("Legal forms of an association")
        SUPPORT = "support", _("Support by the agency")

    list = models.CharField(_("list"), max_length=20, choices=List.choices)
    value = models.SlugField(_("short name"), max_length=30, help_text=_("Kept in the requests; it never changes."))
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_nl = models.CharField(_("name in Dutch"), max_length=120)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    is_offered = models.BooleanField(
        _("offered"), default=True, help_text=_("No longer offered, it stays readable in the requests that chose it.")
    )

    history = HistoricalRecords()
    objects = ChoiceQuerySet.as_manager()
    name = Bilingual("name")

    class Meta:
        verbose_name = _("answer offered by the forms")
        verbose_name_plural = _("answers offered by the forms")
        ordering: ClassVar = ["list", "position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["list", "value"],
                name="choice_once_per_list",
                violation_error_message=_("This list has an entry of that short name."),
            )
        ]

    def __str__(self) -> str:
        return str(self.name)
