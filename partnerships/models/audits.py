"""What an audit needs to know."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from municipalities.languages import CorrespondenceLanguage
from partnerships.models.requests import ServiceRequest


class AuditDetails(models.Model):
    """What the agency must know to make an audit or diagnosis; asked on the form of that kind alone."""

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

    class Data(models.TextChoices):
        VACANCY = "vacancy", _("Retail vacancy")
        FOOTFALL = "footfall", _("Footfall")
        TURNOVER = "turnover", _("Turnover index")
        RENTS = "rents", _("Rents")
        MIX = "mix", _("Mix of shops")
        TRADERS = "traders_survey", _("Survey of traders")
        CUSTOMERS = "customers_survey", _("Shopper survey")
        CATCHMENT = "catchment", _("Catchment area")
        BENCHMARK = "benchmark", _("Benchmark with others")
        STARTERS = "starters", _("Starters and closures")
        EMPLOYMENT = "employment", _("Employment")

    class Result(models.TextChoices):
        REPORT = "report", _("Report")
        SHEET = "sheet", _("District sheet")
        PRESENTATION = "presentation", _("Presentation to the college")
        DATA_FILE = "data_file", _("Data file")
        WORKSHOP = "workshop", _("Workshop")

    request = models.OneToOneField(ServiceRequest, on_delete=models.CASCADE, related_name="audit")
    decision = models.TextField(
        _("what will be decided with it"),
        blank=True,
        validators=[MaxLengthValidator(2000)],
        help_text=_("A council decision, a plan, a subsidy, a permit, or something else."),
    )
    questions = models.TextField(
        _("questions to answer"),
        blank=True,
        validators=[MaxLengthValidator(3000)],
        help_text=_("One short question per line, ten at most."),
    )
    sectors = ArrayField(models.CharField(max_length=20, choices=Sector.choices), verbose_name=_("sectors"), default=list, blank=True)
    data_wanted = ArrayField(models.CharField(max_length=20, choices=Data.choices), verbose_name=_("data wanted"), default=list, blank=True)
    compare_with = models.CharField(_("compare with"), max_length=300, blank=True, help_text=_("Other municipalities or streets."))
    data_offered = models.TextField(
        _("data the municipality can give"),
        blank=True,
        validators=[MaxLengthValidator(3000)],
        help_text=_("What, period, format and contact, one per line. Write “none” if there is none."),
    )
    earlier_studies = models.TextField(_("earlier studies known"), blank=True, validators=[MaxLengthValidator(2000)])
    result_forms = ArrayField(
        models.CharField(max_length=20, choices=Result.choices), verbose_name=_("form of the result"), default=list, blank=True
    )
    result_language = models.CharField(
        _("language of the result"), max_length=4, choices=CorrespondenceLanguage.choices, default=CorrespondenceLanguage.BOTH
    )
    circumstances = models.TextField(
        _("reference period, fieldwork constraints, co-funding"), blank=True, validators=[MaxLengthValidator(2000)]
    )
    personal_data = models.BooleanField(_("personal data are involved"), default=False)
    legal_basis = models.CharField(_("legal basis"), max_length=300, blank=True, help_text=_("Needed when personal data are involved."))
    needed_by = models.DateField(_("needed by"), null=True, blank=True)
    needed_for = models.CharField(_("the meeting it is for"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("details of the audit")
        verbose_name_plural = _("details of the audits")

    def __str__(self) -> str:
        return f"{self.request}"
