"""What makes the sheet for the traders of a street whole in both languages."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from partnerships.models.works import WorksSite


class SheetText(models.Model):
    """The same words in the other language, for the sheet that traders read. It is found by the words: once they change, it is void."""

    site = models.ForeignKey(WorksSite, on_delete=models.CASCADE, related_name="sheet_texts")
    source = models.CharField(_("text"), max_length=300)
    words = models.CharField(_("in the other language"), max_length=300)

    class Meta:
        verbose_name = _("text of a sheet in the other language")
        verbose_name_plural = _("texts of sheets in the other language")
        ordering: ClassVar = ["site", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["site", "source"], name="sheet_text_once_per_site")]

    def __str__(self) -> str:
        return self.words
