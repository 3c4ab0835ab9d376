"""What every request tells, whatever its kind."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.forms import OneChoice
from municipalities.languages import ContentLanguage, content_language
from municipalities.models import Mandate, User
from partnerships.forms.parts import Choices, Day, DraftPart, not_past, offer
from partnerships.forms.rows import RowsPart
from partnerships.models import Kind, ServiceRequest

SHORT = {"rows": 3}
PHONE = {"type": "tel", "autocomplete": "off"}


class AboutPart(DraftPart):
    """By what everybody recognises the request, and in which language it is handled."""

    needed = frozenset({"title", "description"})

    class Meta:
        model = ServiceRequest
        fields = ("title", "description", "language")
        widgets = {"description": forms.Textarea(attrs={"rows": 7}), "language": OneChoice()}
        help_texts = {
            "title": _("A few words by which everybody recognises the request."),
            "description": _("The situation, for whom it matters, and what you hope for. 5,000 characters at most."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "language", ContentLanguage.choices)
        if not self.instance.language:
            self.initial["language"] = content_language()

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or content_language()


class PlacePart(DraftPart):
    """Where: the municipality's own neighbourhoods and streets, and any other place in words."""

    class Meta:
        model = ServiceRequest
        fields = ("neighbourhoods", "streets", "area")
        widgets = {"neighbourhoods": Choices(), "streets": Choices()}
        help_texts = {"area": _("A place that is not in the lists, or which part of a street.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = self.request.municipality
        _offer_rows(self, "neighbourhoods", here.neighbourhoods.sorted_for_reader())
        _offer_rows(self, "streets", here.streets.sorted_for_reader())
        if self.request.kind == Kind.AUDIT:
            self.shown_if = {
                "neighbourhoods": "area_kind=neighbourhoods",
                "streets": "area_kind=streets",
                "area": "area_kind=neighbourhoods|streets|centre|named",
            }


def _offer_rows(form: DraftPart, name: str, rows: QuerySet[Any]) -> None:
    form.fields[name].queryset = rows  # type: ignore[attr-defined]


class OfficialField(forms.ModelChoiceField):
    """One person of the municipality, by name and function."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"empty_label": "–"})

    def label_from_instance(self, obj: Any) -> str:
        return person_label(obj)


class OfficialsField(forms.ModelMultipleChoiceField):
    widget = Choices

    def label_from_instance(self, obj: Any) -> str:
        return person_label(obj)


def person_label(person: User) -> str:
    """`Nadia El Amrani, alderman`: the function as long as they have one in the municipality."""
    role = getattr(person, "role", "")
    return f"{person.full_name}, {Mandate.Role(role).label}" if role else person.full_name


def officials_of(request: ServiceRequest, on: dt.date, *, political: bool = False) -> QuerySet[User]:
    """Everybody with a mandate of their own in the municipality that day, with the first of their functions as `role`."""
    mandates = Mandate.objects.in_force(on).filter(municipality=request.municipality_id)
    if political:
        mandates = mandates.filter(role__in=Mandate.POLITICAL)
    role = mandates.filter(user=OuterRef("pk")).order_by("pk").values("role")[:1]
    people = User.objects.filter(pk__in=mandates.values("user"), is_active=True)
    return people.annotate(role=Subquery(role)).order_by("last_name", "first_name", "pk")


class PeoplePart(DraftPart):
    """Who answers for it at the municipality, who knows the file, who follows it, and which associations it touches."""

    needed = frozenset({"technical_person", "technical_phone"})

    class Meta:
        model = ServiceRequest
        fields = (
            "political_lead",
            "portfolio",
            "technical_person",
            "technical_contact",
            "technical_phone",
            "followers",
            "associations",
        )
        field_classes = {"political_lead": OfficialField, "technical_person": OfficialField, "followers": OfficialsField}
        widgets = {"technical_phone": forms.TextInput(attrs=PHONE), "associations": Choices()}
        help_texts = {
            "political_lead": _("The member of the college who answers for it."),
            "technical_person": _("Who knows the file and can be called about it."),
            "technical_contact": _("Name and service, when this person is not in the list above."),
            "technical_phone": _("Filled in from the portal when it knows the number."),
            "followers": _("They hear by mail of whatever happens with this request."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        people = officials_of(self.request, today)
        _offer_rows(self, "political_lead", officials_of(self.request, today, political=True))
        _offer_rows(self, "technical_person", people)
        _offer_rows(self, "followers", people.exclude(pk__in=[self.request.asked_by_id, self.request.asked_for_id or 0]))
        _offer_rows(self, "associations", self.request.municipality.associations.order_by("sort_key", "pk"))
        if "people" not in self.request.step_revisions and self.user and not self.is_bound:
            self._fill_in_what_is_known(today)

    def _fill_in_what_is_known(self, today: dt.date) -> None:
        """A member of the college who asks answers for it; anybody else who asks knows the file."""
        asker = self.request.asked_for or self.request.asked_by
        own = [mandate for mandate in asker.mandates_on(today) if mandate.municipality_id == self.request.municipality_id]
        college = next((mandate for mandate in own if mandate.role in Mandate.POLITICAL), None)
        if college:
            self.initial["political_lead"] = asker.pk
            self.initial["portfolio"] = (college.portfolios or [""])[0]
        if not college or self.request.asked_for:
            writer = self.request.asked_by
            self.initial.update({"technical_person": writer.pk, "technical_phone": writer.phone})

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        person = found.get("technical_person")
        if person and not found.get("technical_phone") and "technical_phone" not in self.errors:
            found["technical_phone"] = person.phone
        return found


class OutsideContactRow(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    organisation = forms.CharField(label=_("Organisation"), max_length=120)
    contact = forms.CharField(label=_("Telephone or e-mail address"), max_length=120)


class OutsideContactsPart(RowsPart):
    model = ServiceRequest
    name = "outside_contacts"
    row = OutsideContactRow
    intro = _("People outside the municipality, at their work: an owner, a shopping centre, a school…")
    row_label = pgettext_lazy("one row", "Contact")
    add_label = _("Add a contact")


class PartnersContactedPart(DraftPart):
    class Meta:
        model = ServiceRequest
        fields = ("partners_contacted",)
        widgets = {"partners_contacted": forms.Textarea(attrs=SHORT)}
        help_texts = {"partners_contacted": _("Whom did you speak to already, and with what result?")}


class WhenPart(DraftPart):
    """By when, and whether it presses."""

    shown_if = {"urgent_reason": "is_urgent=on"}

    class Meta:
        model = ServiceRequest
        fields = ("wished_by", "wished_by_reason", "is_urgent", "urgent_reason", "college_decided_on")
        widgets = {"wished_by": Day(), "college_decided_on": Day()}
        help_texts = {
            "wished_by": _("A wish, not a promise. The agency tells you what is possible."),
            "is_urgent": _("Tick this only when waiting a few days would do harm: your contact person is told at once."),
            "urgent_reason": _("Needed when the request is urgent."),
            "wished_by_reason": _("Needed when there is a date: a meeting, the start of works, a subsidy call…"),
            "college_decided_on": _(
                "Where the college decided on this request: on which day. Add the decision itself at the step “Files”."
            ),
        }

    def clean_wished_by(self) -> dt.date | None:
        return not_past(self.cleaned_data["wished_by"])


class HandlingPart(DraftPart):
    """Who may read it, and whether it may be told."""

    legend = _("Who may know")
    shown_if = {"confidential_until": "is_confidential=on"}
    radios = ("best_practice",)

    class Meta:
        model = ServiceRequest
        fields = ("is_confidential", "confidential_until", "best_practice")
        widgets = {"confidential_until": Day(), "best_practice": OneChoice()}
        help_texts = {
            "is_confidential": _(
                "Delegates do not see it, except the one who wrote it; members of the college, officers and the agency do."
            ),
            "confidential_until": _("The last day; leave it open for as long as the request exists."),
            "best_practice": _("Other municipalities learn from it, once it has ended well."),
        }

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("confidential_until") and not found.get("is_confidential"):
            self.add_error("confidential_until", _("A last day is given: tick that the request is confidential, or empty the day."))
        return found

    def clean_confidential_until(self) -> dt.date | None:
        return not_past(self.cleaned_data["confidential_until"])
