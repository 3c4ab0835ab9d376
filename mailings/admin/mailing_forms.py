"""The forms of a mailing's page: the words in both languages, the items in their order, a verdict, an hour."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.models import Mailing, MailingItem, Measure
from municipalities.admin.base import browser_moment
from municipalities.languages import CorrespondenceLanguage
from municipalities.models import Mandate, Portfolio
from partnerships.news import Section

TEXT_PAIRS = ("subject", "intro", "closing")
ITEM_PAIRS = ("title", "body")


class MeasureField(forms.ModelChoiceField):
    def label_from_instance(self, measure: Measure) -> str:
        return str(measure.title)


class MailingForm(forms.ModelForm):
    """The words and the audience; `revision` is the one that was read."""

    audience_roles = forms.MultipleChoiceField(
        label=_("Roles that receive it"), choices=Mandate.Role.choices, widget=forms.CheckboxSelectMultiple
    )
    audience_portfolios = forms.MultipleChoiceField(
        label=_("Only aldermen with one of these portfolios"),
        choices=Portfolio.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None chosen: every alderman."),
    )
    scheduled_for = forms.SplitDateTimeField(
        label=_("To be sent on, in Brussels"),
        widget=browser_moment(),
        required=False,
        help_text=_("The cabinet approves this hour too. Without approval the mailing is held then, and you and the lead are warned."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Mailing
        fields = (
            "subject_fr",
            "subject_nl",
            "intro_fr",
            "intro_nl",
            "closing_fr",
            "closing_nl",
            "audience_roles",
            "audience_portfolios",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("intro_fr", "intro_nl", "closing_fr", "closing_nl"):
            self.fields[name].widget.attrs["rows"] = 5 if name.startswith("intro") else 3

    def _post_clean(self) -> None:
        """The service writes and validates; the mailing that is shown stays as it was read."""

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"{name}_fr"], self[f"{name}_nl"]) for name in TEXT_PAIRS]

    def words(self) -> dict[str, Any]:
        """What the service takes; the hour only where the page had it, so that a form without it leaves it alone."""
        words = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return words | ({"scheduled_for": self.cleaned_data["scheduled_for"]} if self.add_prefix("scheduled_for_0") in self.data else {})


class ItemForm(forms.Form):
    """One item; it disappears when 'remove' is ticked, and its number says where it stands."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    measure = forms.IntegerField(required=False, widget=forms.HiddenInput)
    position = forms.IntegerField(label=_("Order"), min_value=1, max_value=999)
    section = forms.ChoiceField(label=_("Section"), choices=[("", _("No section")), *Section.choices], required=False)
    title_fr = forms.CharField(label=_("Title in French"), max_length=200, required=False)
    title_nl = forms.CharField(label=_("Title in Dutch"), max_length=200, required=False)
    body_fr = forms.CharField(label=_("Text in French"), required=False, widget=forms.Textarea(attrs={"rows": 6}))
    body_nl = forms.CharField(label=_("Text in Dutch"), required=False, widget=forms.Textarea(attrs={"rows": 6}))
    source_url = forms.URLField(label=_("Link to the source"), max_length=500, required=False, assume_scheme="https")
    remove = forms.BooleanField(label=_("Remove this item"), required=False)

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"{name}_fr"], self[f"{name}_nl"]) for name in ITEM_PAIRS]


ITEM_WORDS = ("section", "title_fr", "title_nl", "body_fr", "body_nl", "source_url")
ItemFormSet = forms.formset_factory(ItemForm, extra=0, max_num=100)


class AddItemForm(forms.Form):
    """An item to add: blank, or with the words of a measure."""

    measure_to_add = MeasureField(queryset=Measure.objects.none(), required=False, label=_("Add an item"), empty_label=_("Blank item"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = Measure.objects.published().order_by("-published_at", "-pk").only("title_fr", "title_nl")
        cast("MeasureField", self.fields["measure_to_add"]).queryset = newest


def items_as_shown(mailing: Mailing) -> list[dict[str, Any]]:
    return [_as_shown(item, number) for number, item in enumerate(mailing.items.order_by("position", "pk"), start=1)]


def _as_shown(item: MailingItem, number: int) -> dict[str, Any]:
    texts = {name: getattr(item, name) for name in ITEM_WORDS}
    return {"id": item.pk, "measure": item.measure_id, "position": number, **texts}


def items_in_order(formset: forms.BaseFormSet, move: str = "") -> list[dict[str, Any]]:
    """The items as the service takes them: by their number, one of them moved (`move` is `2:up`), those to remove left out."""
    forms_in_order = sorted(formset.forms, key=lambda form: form.cleaned_data["position"])
    if move:
        _swap(forms_in_order, formset.forms, move)
    kept = [form.cleaned_data for form in forms_in_order if not form.cleaned_data["remove"]]
    measures = Measure.objects.in_bulk([data["measure"] for data in kept if data["measure"]])
    return [_as_given(data, number, measures) for number, data in enumerate(kept, start=1)]


def _swap(ordered: list[forms.Form], shown: list[forms.Form], move: str) -> None:
    number, _colon, direction = move.partition(":")
    if not number.isdigit() or int(number) >= len(shown):
        return
    here = ordered.index(shown[int(number)])
    there = here - 1 if direction == "up" else here + 1
    if 0 <= there < len(ordered):
        ordered[here], ordered[there] = ordered[there], ordered[here]


def _as_given(data: Mapping[str, Any], position: int, measures: dict[int, Measure]) -> dict[str, Any]:
    texts = {name: data[name] for name in ITEM_WORDS}
    return {"id": data["id"], "position": position, "measure": measures.get(data["measure"]), **texts}


class ScheduleForm(forms.Form):
    """The hour by the clock in Brussels; one that the change to summer time skips is refused."""

    at = forms.SplitDateTimeField(
        label=_("Day and hour, in Brussels"),
        widget=browser_moment(),
    )


class TestMailForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=CorrespondenceLanguage.choices, initial=CorrespondenceLanguage.BOTH)


class WeekForm(forms.Form):
    """An ISO week from this one on; the choices say which days it covers."""

    week = forms.ChoiceField(label=_("Week"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        monday = timezone.localdate() - dt.timedelta(days=timezone.localdate().weekday())
        cast("forms.ChoiceField", self.fields["week"]).choices = [
            _week_choice(monday + dt.timedelta(weeks=ahead)) for ahead in range(-1, 9)
        ]
        self.fields["week"].initial = _week_choice(monday)[0]

    def year_and_week(self) -> tuple[int, int]:
        year, _dash, week = self.cleaned_data["week"].partition("-W")
        return int(year), int(week)


def _week_choice(monday: dt.date) -> tuple[str, str]:
    year, week, _day = monday.isocalendar()
    words = {"week": f"{year}-W{week:02d}", "monday": f"{monday:%d/%m}", "sunday": f"{monday + dt.timedelta(days=6):%d/%m/%Y}"}
    return words["week"], str(_("%(week)s (%(monday)s – %(sunday)s)") % words)
