"""The forms of the acts on a question: one act, one form."""

import uuid
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from municipalities.languages import ContentLanguage, content_language
from municipalities.models import Mandate, Municipality, User
from partnerships.models import Body, Question, Theme
from partnerships.question_permissions import HANDLE
from partnerships.services.question_answers import ANSWER, names_of_answer
from partnerships.working_days import add_working_days


def people_who_handle_questions() -> Any:
    """Active staff with the right, in the order of their names."""
    return User.objects.staff().able_to(HANDLE).order_by("last_name", "first_name", "pk")


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, person: User) -> str:
        return person.full_name


class QuestionActForm(forms.Form):
    """An act on one question by one person; without fields it is a button that asks."""

    def __init__(self, *args: Any, question: Question, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question, self.person = question, person
        self.offer(self.fields)
        for field in self.fields.values():
            field.label = capfirst(str(field.label or ""))

    def offer(self, fields: Any) -> None:
        """Fill the choices with what may be chosen for this question."""


class ReasonForm(QuestionActForm):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}), validators=[MaxLengthValidator(2000)])


class AssignForm(QuestionActForm):
    to = PersonField(queryset=User.objects.none(), label=_("Assign to"), empty_label=None)

    def offer(self, fields: Any) -> None:
        fields["to"].queryset = people_who_handle_questions()
        fields["to"].initial = self.question.assignee_id or self.person.pk


class ReviewForm(QuestionActForm):
    reviewer = PersonField(queryset=User.objects.none(), label=_("To be reviewed by"), empty_label=None)

    def offer(self, fields: Any) -> None:
        fields["reviewer"].queryset = people_who_handle_questions().exclude(pk=self.question.drafted_by_id)


class ForwardForm(QuestionActForm):
    """To which body, and by when; the mail carries the question, the municipality, and these words."""

    body = forms.ModelChoiceField(queryset=Body.objects.none(), label=_("Body"))
    reply_by = forms.DateField(label=_("Reply asked by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(
        label=_("Words to the body"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[MaxLengthValidator(2000)],
        help_text=_("Do not name the person who asked: the body learns the municipality alone."),
    )

    def offer(self, fields: Any) -> None:
        fields["body"].queryset = Body.objects.active().sorted_for_reader()
        fields["reply_by"].initial = add_working_days(timezone.localdate(), 2 if self.question.is_urgent else 5)


class OtherQuestionForm(QuestionActForm):
    """Another question: the similar ones are offered, nearest first."""

    other = forms.ModelChoiceField(
        queryset=Question.objects.none(), label=_("The other question"), empty_label=None, widget=forms.RadioSelect
    )

    def offer(self, fields: Any) -> None:
        near = Question.objects.similar_for(
            self.person, title=self.question.title, words=self.question.words, themes=self.question.themes.all(), but=self.question.pk
        )
        keys = [row.pk for row in near]
        fields["other"].queryset = Question.objects.filter(pk__in=keys).exclude(state__in=Question.ENDED).select_related("municipality")
        fields["other"].label_from_instance = lambda row: f"{row.title} – {row.municipality} – {row.get_state_display()}"


class NewerAnswerForm(OtherQuestionForm):
    """A newer published answer."""

    def offer(self, fields: Any) -> None:
        super().offer(fields)
        current = Question.objects.current().exclude(pk=self.question.pk).select_related("municipality").order_by("-published_at", "-pk")
        fields["other"].queryset = current.filter(pk__in=[row.pk for row in current[:30]])
        fields["other"].label_from_instance = lambda row: row.public_title


class AnswerForm(QuestionActForm):
    """Question, answer and source for all 19, both languages side by side; the revision tells whether somebody else saved it meanwhile."""

    title_fr = forms.CharField(label=_("question for all 19, in French"), required=False, max_length=200)
    title_nl = forms.CharField(label=_("question for all 19, in Dutch"), required=False, max_length=200)
    answer_fr = forms.CharField(
        label=_("answer in French"), required=False, widget=forms.Textarea(attrs={"rows": 10, "lang": "fr"}), max_length=10000
    )
    answer_nl = forms.CharField(
        label=_("answer in Dutch"), required=False, widget=forms.Textarea(attrs={"rows": 10, "lang": "nl"}), max_length=10000
    )
    source_fr = forms.CharField(label=_("source, in French"), required=False, max_length=200)
    source_nl = forms.CharField(label=_("source, in Dutch"), required=False, max_length=200)
    source_url = forms.URLField(label=_("link to the source"), required=False, max_length=500, assume_scheme="https")
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def offer(self, fields: Any) -> None:
        for name, value in names_of_answer(self.question).items():
            fields[name].initial = value
        fields["revision"].initial = self.question.revision

    @property
    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ANSWER}


class ApproveForm(QuestionActForm):
    """What was read, by its revision: who approves has the text on the same page."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def offer(self, fields: Any) -> None:
        fields["revision"].initial = self.question.revision


class AskForOfficialForm(forms.ModelForm):
    """A question that came by telephone or mail, entered for the official who asked it."""

    asked_for = PersonField(queryset=User.objects.none(), label=_("Asked by"), help_text=_("An official with a mandate today."))
    token = forms.UUIDField(widget=forms.HiddenInput)

    class Meta:
        model = Question
        fields = ("municipality", "title", "words", "language", "themes", "is_urgent", "urgent_reason", "may_be_named")
        widgets = {"words": forms.Textarea(attrs={"rows": 8}), "themes": forms.CheckboxSelectMultiple}

    field_order = ("municipality", "asked_for")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        today = timezone.localdate()
        fields["municipality"].queryset = Municipality.objects.sorted_for_reader()
        fields["asked_for"].queryset = User.objects.in_office(today).filter(is_active=True).order_by("last_name", "first_name", "pk")
        places = Mandate.objects.in_force(today).select_related("municipality").order_by("pk")
        held = {mandate.user_id: str(mandate.municipality) for mandate in places}
        fields["asked_for"].label_from_instance = lambda person: f"{person.full_name} ({held.get(person.pk, '')})"
        fields["themes"].queryset = Theme.objects.order_by(f"name_{content_language()}")
        fields["language"].choices = ContentLanguage.choices
        self.initial.setdefault("token", uuid.uuid4())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("is_urgent") and not cleaned.get("urgent_reason", "").strip():
            self.add_error("urgent_reason", _("Say in a few words why it is urgent."))
        return cleaned

    def asked(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in (*self.Meta.fields, "asked_for", "token")}
