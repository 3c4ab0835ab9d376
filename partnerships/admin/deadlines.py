"""The deadlines the agency gives itself, kept by the team lead."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from municipalities.admin.base import PortalAdmin
from municipalities.admin.forms import SpeakingForm
from partnerships.models import DeadlineTarget


class DeadlineTargetForm(SpeakingForm):
    beside: ClassVar = {"deadline_target_at_least_a_day": "working_days", "deadline_warning_within_target": "warn_before"}


@admin.register(DeadlineTarget)
class DeadlineTargetAdmin(PortalAdmin):
    """A new figure counts for what begins from then on."""

    form = DeadlineTargetForm
    fields = ("what", ("working_days", "warn_before"), ("source_fr", "source_nl"))
    list_display = ("what", "working_days", "warn_before", "source_column")

    @admin.display(description=_("where the figure comes from"))
    def source_column(self, obj: DeadlineTarget) -> str:
        return obj.source or "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What the figure is for never changes: it is another row."""
        return ("what",) if obj else ()
