"""What a project of economic and commercial development needs besides."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.forms import OneChoice
from partnerships.forms.parts import Choices, Day, DraftPart, not_past
from partnerships.forms.rows import RowsPart
from partnerships.models import Choice, DevelopmentDetails

SHORT = {"rows": 3}
List = Choice.List
Plan = DevelopmentDetails.AssociationPlan


class SituationPart(DraftPart):
    """What is wrong."""

    needed = frozenset({"problems", "problem_words"})
    lists = {"problems": List.PROBLEMS}

    class Meta:
        model = DevelopmentDetails
        fields = ("problems", "problem_words", "signs")
        widgets = {"problem_words": forms.Textarea(attrs={"rows": 5}), "signs": forms.Textarea(attrs=SHORT)}


class FigureRow(forms.Form):
    figure = forms.CharField(label=_("Figure"), max_length=200, help_text=_("For example: 14 empty shops out of 96."))
    source = forms.CharField(label=_("Source and date"), max_length=200)


class FiguresPart(RowsPart):
    model = DevelopmentDetails
    name = "figures"
    row = FigureRow
    intro = _("If you have any; the agency has its own too.")
    row_label = _("Figure")
    add_label = _("Add a figure")


class TriedPart(DraftPart):
    class Meta:
        model = DevelopmentDetails
        fields = ("tried",)
        widgets = {"tried": forms.Textarea(attrs=SHORT)}


class ProjectPart(DraftPart):
    """What kind of project, for how many shops."""

    needed = frozenset({"project_kinds", "shops"})
    lists = {"project_kinds": List.PROJECT_KINDS}

    class Meta:
        model = DevelopmentDetails
        fields = ("project_kinds", "shops", "shops_is_estimate")


class AssociationPart(DraftPart):
    """Whether an association is part of it, and which; a person is named with their consent alone."""

    legend = _("Traders' association")
    lists = {"legal_form": List.LEGAL_FORMS}
    radios = ("association_plan",)
    shown_if = {
        "association": "association_plan=existing",
        "wished_name": "association_plan=new",
        "initiators": "association_plan=new",
        "initiator_contact": "association_plan=new",
        "initiator_consents": "association_plan=new",
        "association_streets": "association_plan=new",
        "legal_form": "association_plan=new",
    }

    class Meta:
        model = DevelopmentDetails
        fields = (
            "association_plan",
            "association",
            "wished_name",
            "initiators",
            "initiator_contact",
            "initiator_consents",
            "association_streets",
            "legal_form",
        )
        widgets = {"association_plan": OneChoice(), "association_streets": Choices()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = self.request.municipality
        self.fields["association"].queryset = here.associations.order_by("sort_key", "pk")  # type: ignore[attr-defined]
        self.fields["association_streets"].queryset = here.streets.sorted_for_reader()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("association") and found.get("association_plan") != Plan.EXISTING:
            self.add_error("association", _("An association is chosen: answer above that one that exists is meant, or choose none."))
        if found.get("initiator_contact") and not found.get("initiator_consents"):
            self.add_error("initiator_consents", _("A person is named here only with their consent."))
        return found


class PartnerRow(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    role = forms.CharField(label=pgettext_lazy("of a partner", "Role"), max_length=200)
    contact = forms.CharField(label=_("Contact"), max_length=200)


class PartnersPart(RowsPart):
    model = DevelopmentDetails
    name = "partners"
    row = PartnerRow
    row_label = _("Partner")
    add_label = _("Add a partner")


class MeansPart(DraftPart):
    """What the municipality puts in: at least one of the three."""

    legend = _("Means of the municipality")
    intro = _("At least one of the three; write “none” where there is nothing.")

    class Meta:
        model = DevelopmentDetails
        fields = ("staff", "budget", "premises")
        help_texts = {"staff": _("Who, and how much of their time.")}


class SubsidyRow(forms.Form):
    source = forms.CharField(label=pgettext_lazy("of money", "Source"), max_length=200)
    amount = forms.IntegerField(label=_("Amount in euro"), min_value=0, max_value=1_000_000_000)
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)


class SubsidiesPart(RowsPart):
    model = DevelopmentDetails
    name = "subsidies"
    row = SubsidyRow
    row_label = _("Subsidy or programme")
    add_label = _("Add a subsidy or programme")


class SupportPart(DraftPart):
    """What is expected of the agency."""

    needed = frozenset({"support"})
    lists = {"support": List.SUPPORT}

    class Meta:
        model = DevelopmentDetails
        fields = ("support",)


class AimRow(forms.Form):
    indicator = forms.CharField(label=_("What is measured"), max_length=200, help_text=_("For example: empty shops, members, visitors."))
    now = forms.CharField(label=pgettext_lazy("of an aim", "Now"), max_length=100)
    target = forms.CharField(label=_("Target"), max_length=100)
    by_when = forms.DateField(label=_("By when"), widget=Day())


class AimsPart(RowsPart):
    model = DevelopmentDetails
    name = "aims"
    row = AimRow
    is_needed = True
    intro = _("One to five aims that can be measured.")
    row_label = _("Aim")
    add_label = _("Add an aim")


class CoursePart(DraftPart):
    """Who has a stake in it, what could go wrong, and when it happens."""

    legend = _("Course of the project")

    class Meta:
        model = DevelopmentDetails
        fields = ("stakeholders", "steering_group", "risks", "starts_on", "milestones")
        widgets = {
            "stakeholders": forms.Textarea(attrs=SHORT),
            "steering_group": forms.Textarea(attrs={"rows": 2}),
            "risks": forms.Textarea(attrs=SHORT),
            "milestones": forms.Textarea(attrs=SHORT),
            "starts_on": Day(),
        }

    def clean_starts_on(self) -> dt.date | None:
        return not_past(self.cleaned_data["starts_on"])
