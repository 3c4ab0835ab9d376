"""What a project of economic and commercial development needs to know besides."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from municipalities.associations import Association
from municipalities.places import Street
from partnerships.models.requests import ServiceRequest
from partnerships.models.rows import RowsField, is_list, long_text

MOST_AIMS = 5
FOUNDING = "found"  # the kind of project that is the founding of an association


class DevelopmentQuerySet(models.QuerySet["DevelopmentDetails"]):
    def founding(self) -> "DevelopmentQuerySet":
        """Projects in which an association is to be founded."""
        named = models.Q(association_plan=DevelopmentDetails.AssociationPlan.NEW)
        return self.filter(named | models.Q(project_kinds__contains=[FOUNDING]))


class DevelopmentDetails(models.Model):
    """What the agency must know to help a neighbourhood that struggles; asked on the form of that kind alone."""

    class AssociationPlan(models.TextChoices):
        NONE = "none", _("No association is involved")
        EXISTING = "existing", _("An association that exists")
        NEW = "new", _("An association to be founded")

    request = models.OneToOneField(ServiceRequest, on_delete=models.CASCADE, related_name="development")

    problems = ArrayField(models.CharField(max_length=30), verbose_name=_("what is wrong"), default=list, blank=True)
    problem_words = long_text(_("what is wrong, in your words"))
    signs = long_text(_("since when, and by what one sees it"))
    figures = RowsField(_("figures"), columns=("figure", "source"), most=10)
    tried = long_text(_("what was tried already"))

    project_kinds = ArrayField(models.CharField(max_length=30), verbose_name=_("kind of project"), default=list, blank=True)
    association_plan = models.CharField(_("association"), max_length=10, choices=AssociationPlan.choices, blank=True)
    association = models.ForeignKey(
        Association, verbose_name=_("which association"), on_delete=models.PROTECT, null=True, blank=True, related_name="developments"
    )
    wished_name = models.CharField(_("wished name"), max_length=120, blank=True)
    initiators = models.PositiveSmallIntegerField(_("number of initiators"), null=True, blank=True)
    initiator_contact = models.CharField(
        _("one of them to call"), max_length=200, blank=True, help_text=_("Name and telephone or e-mail address, only with their consent.")
    )
    initiator_consents = models.BooleanField(_("this person agrees that the agency calls them"), default=False)
    association_streets = models.ManyToManyField(Street, verbose_name=_("streets it would cover"), blank=True, related_name="+")
    legal_form = models.CharField(_("legal form thought of"), max_length=30, blank=True)
    shops = models.PositiveIntegerField(_("number of shops concerned"), null=True, blank=True, validators=[MinValueValidator(1)])
    shops_is_estimate = models.BooleanField(_("this number is an estimate"), default=False)

    partners = RowsField(_("partners"), columns=("name", "role", "contact"), most=15)
    staff = models.CharField(_("staff of the municipality"), max_length=300, blank=True)
    budget = models.PositiveIntegerField(_("budget of the municipality, in euro"), null=True, blank=True)
    premises = models.CharField(_("premises"), max_length=300, blank=True)
    subsidies = RowsField(_("subsidies and other programmes"), columns=("source", "amount", "year"), most=10)

    support = ArrayField(models.CharField(max_length=30), verbose_name=_("support expected of the agency"), default=list, blank=True)
    aims = RowsField(_("what success looks like"), columns=("indicator", "now", "target", "by_when"), most=MOST_AIMS)
    stakeholders = long_text(_("who has a stake in it, and where they stand"))
    steering_group = long_text(_("steering group"), 1000)
    risks = long_text(_("risks"))
    starts_on = models.DateField(_("start"), null=True, blank=True)
    milestones = long_text(_("milestones"), help_text=_("One per line, with its date where it is known."))

    objects = DevelopmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("details of the development project")
        verbose_name_plural = _("details of the development projects")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="development_contact_with_consent",
                condition=models.Q(initiator_contact="") | models.Q(initiator_consents=True),
                violation_error_message=_("A person is named here only with their consent."),
            ),
            models.CheckConstraint(
                name="development_association_of_plan",
                condition=models.Q(association_plan="existing") | models.Q(association=None),
                violation_error_message=_("An association is chosen, but the answer above says none that exists is meant."),
            ),
            models.CheckConstraint(name="development_shops_counted", condition=models.Q(shops=None) | models.Q(shops__gte=1)),
            models.CheckConstraint(name="development_figures_list", condition=is_list("figures")),
            models.CheckConstraint(name="development_partners_list", condition=is_list("partners")),
            models.CheckConstraint(name="development_subsidies_list", condition=is_list("subsidies")),
            models.CheckConstraint(name="development_aims_list", condition=is_list("aims")),
        ]

    def __str__(self) -> str:
        return f"{self.request}"
