"""The forms around an action plan: a measure, what becomes of it, meetings, figures, and the evaluation at the end."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnerships.forms.attachments import AttachmentField, FilesForm
from partnerships.forms.parts import Day
from partnerships.models import PlanLine, PlanMeasure, PlanMeeting, SiteEvaluation, SiteFigure, WorksSite

SHORT = {"rows": 3}
NEEDED_HERE = _("needed")


class NeededMixin(forms.BaseForm):
    """Says beside each field that must be filled in that it must; a first form of its kind brings its one-time token."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label_suffix = str(NEEDED_HERE) if field.required else ""
        if "token" in self.fields:
            self.initial.setdefault("token", uuid.uuid4())


class MeasureForm(NeededMixin, forms.ModelForm):
    """A line of the plan that is being drawn up."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput, initial=1)

    class Meta:
        model = PlanLine
        fields = ("what", "details", "kind", "owner", "phase", "starts_on", "due_on", "cost", "paid_by")
        widgets = {"details": forms.Textarea(attrs=SHORT), "starts_on": Day(), "due_on": Day()}
        labels = {"starts_on": _("to begin on"), "details": _("how it is done")}

    def __init__(self, site: WorksSite, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        phase: Any = self.fields["phase"]
        phase.queryset, phase.empty_label = site.phases.all(), _("No phase in particular")
        if self.instance.pk:
            self.initial.update(token=self.instance.measure.key, revision=self.instance.revision)

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        begins, due = fields.get("starts_on"), fields.get("due_on")
        if begins and due and begins > due:
            self.add_error("due_on", _("A measure ends on or after the day it begins."))
        return fields

    @property
    def typed(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields}  # type: ignore[union-attr]


class MoveForm(NeededMixin, forms.Form):
    """Where a measure stands now."""

    to = forms.ChoiceField(label=_("It is now"), choices=PlanMeasure.State.choices)
    reason = forms.CharField(label=_("why it was dropped"), required=False, max_length=500, help_text=_("Needed when it is dropped."))

    def __init__(self, measure: PlanMeasure, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.choices = [(state.value, state.label) for state in measure.moves]


class EvidenceForm(NeededMixin, FilesForm):
    """What shows that a measure was carried out, with a file or an address where there is one."""

    words = forms.CharField(
        label=_("what shows it"), max_length=500, help_text=_("For example “Letter in all letterboxes, 3 November, both languages”.")
    )
    address = forms.URLField(label=_("where it can be seen"), required=False, assume_scheme="https")
    attachments = AttachmentField(label=_("file"), most=1)


class MeetingForm(NeededMixin, forms.ModelForm):
    token = forms.UUIDField(widget=forms.HiddenInput)

    class Meta:
        model = PlanMeeting
        fields = ("held_on", "present", "decisions")
        widgets = {"held_on": Day(), "decisions": forms.Textarea(attrs={"rows": 5})}

    def clean_held_on(self) -> dt.date:
        return not_future(self.cleaned_data["held_on"])


class FigureForm(NeededMixin, forms.ModelForm):
    class Meta:
        model = SiteFigure
        fields = ("indicator", "measured_on", "value", "source")
        widgets = {"measured_on": Day()}
        help_texts = {"source": _("Who counted or where it stands.")}

    def clean_measured_on(self) -> dt.date:
        return not_future(self.cleaned_data["measured_on"])


def not_future(on: dt.date) -> dt.date:
    """A day that has come; a form refuses any other."""
    if on > timezone.localdate():
        raise forms.ValidationError(_("This day is still to come."))
    return on


class EvaluationForm(NeededMixin, forms.ModelForm):
    """Lessons of one side, and for each measure of the agreed plan how far it helped."""

    SCALE = (
        ("", _("No opinion")),
        (1, _("1 – not at all")),
        (2, _("2 – a little")),
        (3, _("3 – fairly")),
        (4, _("4 – much")),
        (5, _("5 – very much")),
    )

    class Meta:
        model = SiteEvaluation
        fields = ("lessons", "is_best_practice")
        widgets = {"lessons": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, lines: list[PlanLine], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        marks = {mark.measure_id: mark for mark in self.instance.marks.all()} if self.instance.pk else {}
        for line in lines:
            mark = marks.get(line.measure_id)
            self.fields[f"helped_{line.measure_id}"] = forms.TypedChoiceField(
                label=line.what,
                choices=self.SCALE,
                coerce=int,
                empty_value=None,
                required=False,
                initial=mark.helped if mark else "",
                label_suffix="",
            )
            self.fields[f"words_{line.measure_id}"] = forms.CharField(
                label=_("in words"), required=False, max_length=300, initial=mark.words if mark else "", label_suffix=""
            )

    @property
    def rows(self) -> list[tuple[PlanLine, forms.BoundField, forms.BoundField]]:
        return [(line, self[f"helped_{line.measure_id}"], self[f"words_{line.measure_id}"]) for line in self.lines]

    @property
    def marks(self) -> dict[int, tuple[int, str]]:
        """Per measure with an opinion, how far it helped, with words."""
        typed = self.cleaned_data
        rows = [(line.measure_id, typed[f"helped_{line.measure_id}"], typed[f"words_{line.measure_id}"]) for line in self.lines]
        return {measure: (helped, words) for measure, helped, words in rows if helped}
