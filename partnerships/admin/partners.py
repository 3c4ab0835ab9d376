"""The partner organisations to which requests are referred: what each does, for whom, and how it is reached."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from municipalities.admin.base import PortalAdmin
from municipalities.admin.forms import SpeakingForm
from partnerships.models import PartnerOrganisation


class PartnerForm(SpeakingForm):
    beside: ClassVar = {"partner_can_be_reached": "email"}


@admin.register(PartnerOrganisation)
class PartnerOrganisationAdmin(PortalAdmin):
    """Nobody deletes one: what was referred to it stays readable. It is taken out of the list instead."""

    form = PartnerForm
    fields = (
        ("name_fr", "name_nl"),
        ("does_fr", "does_nl"),
        "themes",
        "languages",
        "contact",
        ("email", "phone"),
        "website",
        "is_active",
    )
    list_display = ("name_column", "does_column", "email", "phone", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name_fr__unaccent", "name_nl__unaccent", "does_fr__unaccent", "does_nl__unaccent")
    search_help_text = _("Name, or what it does")
    autocomplete_fields = ()
    filter_horizontal = ()

    @admin.display(description=_("name"))
    def name_column(self, obj: PartnerOrganisation) -> str:
        return str(obj.name)

    @admin.display(description=_("what it does"))
    def does_column(self, obj: PartnerOrganisation) -> str:
        return str(obj.does)
