"""What an audit or diagnosis needs to know besides."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from municipalities.languages import CorrespondenceLanguage
from municipalities.models import Municipality
from partnerships.models.answers import YesNo
from partnerships.models.requests import ServiceRequest
from partnerships.models.rows import RowsField, is_list, long_text

MOST_QUESTIONS = 10
DATA_OFFERED = ("what", "period", "format", "contact", "conditions", "personal", "legal_basis")


class AuditDetails(models.Model):
    """What the agency must know to make an audit or diagnosis; asked on the form of that kind alone."""

    class AreaKind(models.TextChoices):
        WHOLE = "whole", _("The whole municipality")
        NEIGHBOURHOODS = "neighbourhoods", _("Neighbourhoods")
        STREETS = "streets", _("Streets")
        CENTRE = "centre", _("A shopping centre")
        NAMED = "named", _("An area described by name")

    class Sector(models.TextChoices):
        RETAIL_FOOD = "retail_food", _("Retail: food")
        RETAIL_OTHER = "retail_other", _("Retail: other than food")
        HOSPITALITY = "hospitality", _("Hospitality")
        SERVICES = "services", _("Services")
        CRAFTS = "crafts", _("Crafts")
        CULTURE = "culture", _("Culture")
        OFFICES = "offices", _("Offices")
        LOGISTICS = "logistics", _("Logistics")
        SOCIAL_ECONOMY = "social_economy", _("Social economy")

    request = models.OneToOneField(ServiceRequest, on_delete=models.CASCADE, related_name="audit")
    area_kind = models.CharField(_("which area"), max_length=15, choices=AreaKind.choices, blank=True)
    decision = long_text(
        _("what will be decided with it"), help_text=_("A council decision, a plan, a subsidy, a permit, or something else.")
    )
    questions = RowsField(_("questions to answer"), columns=("question",), most=MOST_QUESTIONS)
    sectors = ArrayField(models.CharField(max_length=30), verbose_name=_("sectors"), default=list, blank=True)
    data_wanted = ArrayField(models.CharField(max_length=30), verbose_name=_("data wanted"), default=list, blank=True)
    compared_municipalities = models.ManyToManyField(
        Municipality, verbose_name=_("compare with other municipalities"), blank=True, related_name="+"
    )
    compare_with = models.CharField(_("compare with"), max_length=300, blank=True, help_text=_("Streets or places, here or elsewhere."))
    data_offered = RowsField(_("data the municipality can give"), columns=DATA_OFFERED, most=10)
    has_no_data = models.BooleanField(_("the municipality has no data to give"), default=False)
    earlier_studies = long_text(_("earlier studies known"), help_text=_("Title, year and where to find them; a link is enough."))
    result_forms = ArrayField(models.CharField(max_length=30), verbose_name=_("form of the result"), default=list, blank=True)
    result_language = models.CharField(
        _("language of the result"), max_length=4, choices=CorrespondenceLanguage.choices, default=CorrespondenceLanguage.BOTH
    )
    reference_period = models.CharField(
        _("reference period"), max_length=200, blank=True, help_text=_("Which years or months the figures should cover.")
    )
    fieldwork = long_text(
        _("constraints for work in the field"), help_text=_("Days to avoid, permits, people to warn before anybody counts or asks.")
    )
    co_funding = long_text(_("co-funding"), 1000, help_text=_("Who pays what, if the work is shared."))
    sharing_terms = long_text(_("with whom the result may be shared"), 1000)
    personal_data = models.CharField(_("are personal data involved"), max_length=3, choices=YesNo.choices, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=300, blank=True, help_text=_("Needed when personal data are involved."))
    needed_by = models.DateField(_("needed by"), null=True, blank=True)
    needed_for = models.CharField(_("the meeting it is for"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("details of the audit")
        verbose_name_plural = _("details of the audits")
        constraints: ClassVar = [
            models.CheckConstraint(name="audit_questions_list", condition=is_list("questions")),
            models.CheckConstraint(name="audit_data_offered_list", condition=is_list("data_offered")),
        ]

    def __str__(self) -> str:
        return f"{self.request}"
