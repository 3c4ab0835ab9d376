"""What a member of staff can do with a request: one act, one form, one service."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from municipalities.languages import ContentLanguage
from municipalities.models import User
from partnerships.admin.notes import ColleaguesField
from partnerships.forms.attachments import FilesForm
from partnerships.models import ServiceRequest
from partnerships.permissions import Action
from partnerships.services import requests as services
from partnerships.services.deadlines import move_deadline
from partnerships.services.desk import hand_over_request
from partnerships.services.notes import colleagues, mention_colleagues


class PlainForm(forms.Form):
    """An act that needs no words."""

    needs_words = False


class WordsForm(FilesForm):
    """An act with words that the municipality reads, and files it gets; the token makes a second click harmless."""

    needs_words = True

    words = forms.CharField(widget=forms.Textarea(attrs={"rows": 5}), validators=[MaxLengthValidator(5000)], label=_("Your words"))
    language = forms.ChoiceField(choices=ContentLanguage.choices, label=_("Language of your words"))
    token = forms.UUIDField(widget=forms.HiddenInput)


class MessageForm(WordsForm):
    """A message, and the colleagues who should read it too."""

    mentioned = ColleaguesField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("ColleaguesField", self.fields["mentioned"]).queryset = colleagues()


class ExpectedDateForm(WordsForm):
    """Another day, and why: the municipality reads both."""

    due_on = forms.DateField(label=_("Expected on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    field_order = ("due_on", "words", "language")


class ReasonForm(forms.Form):
    """Words that help, and may be left out."""

    needs_words = False

    words = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), max_length=1000, required=False, label=_("Reason"), help_text=_("Not needed.")
    )


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, person: User) -> str:
        return person.full_name


class AssignForm(forms.Form):
    needs_words = False

    to = PersonField(queryset=User.objects.none(), label=_("Assign to"), empty_label=None)
    note = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[MaxLengthValidator(5000)],
        required=False,
        label=_("Internal note"),
        help_text=_("Goes with the mail to your colleague; no municipality ever sees it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("PersonField", self.fields["to"]).queryset = people_who_handle_requests()


def people_who_handle_requests() -> QuerySet[User]:
    """Active staff with the right, by group or by name, in the order of their names."""
    return User.objects.staff().able_to("partnerships.handle_servicerequest").order_by("last_name", "first_name", "pk")


def refuse(form: forms.Form, error: ValidationError) -> None:
    """Say each refusal beside the field it is about; what names no field of the form stands beside its words or person."""
    beside = "to" if "to" in form.fields else "words" if "words" in form.fields else None
    for name, messages in getattr(error, "message_dict", {"": error.messages}).items():
        form.add_error(name if name in form.fields else beside, messages)


@dataclass(frozen=True)
class Act:
    """A button on the page of a request."""

    action: Action
    label: Any
    explanation: Any
    done: Any
    form_class: type[forms.Form]
    run: Callable[[ServiceRequest, User, dict[str, Any]], Any]
    tone: str = ""
    is_beside: bool = False  # its form stands beside what it is about, not in the list of what one can do

    def blank_form(self, request: ServiceRequest, user: User) -> forms.Form:
        initial = {"language": request.language, "token": uuid.uuid4(), "to": request.assignee_id or user.pk, "due_on": request.due_on}
        return self._about(self.form_class(initial=initial, auto_id=f"id_{self.action}_%s"), request)

    def bound_form(self, request: ServiceRequest, data: Any, files: Any, person: User) -> forms.Form:
        whose: dict[str, Any] = {"person": person} if issubclass(self.form_class, FilesForm) else {}
        return self._about(self.form_class(data, files, auto_id=f"id_{self.action}_%s", **whose), request)

    @staticmethod
    def _about(form: forms.Form, request: ServiceRequest) -> forms.Form:
        """A form that offers something of the request itself is told which it is."""
        if hasattr(form, "offer_from"):
            form.offer_from(request)
        return form


def _send_message(request: ServiceRequest, by: User, data: dict[str, Any]) -> None:
    message = services.send_message(request, by=by, **_words(data, "body"))
    mention_colleagues(message, by=by, people=data["mentioned"])


def _words(data: dict[str, Any], name: str) -> dict[str, Any]:
    return {name: data["words"], "language": data["language"], "token": data["token"]}


def _hand_over(request: ServiceRequest, by: User, data: dict[str, Any]) -> Any:
    if data["note"]:
        return hand_over_request(request, by=by, to=data["to"], note=data["note"])
    return services.assign_request(request, by=by, to=data["to"])


ACTS: dict[Action, Act] = {
    act.action: act
    for act in (
        Act(
            Action.ACKNOWLEDGE,
            _("Acknowledge receipt"),
            _("The municipality hears that the request was read, and by when an answer is due."),
            _("Receipt is acknowledged."),
            PlainForm,
            lambda request, by, _data: services.acknowledge_request(request, by=by),
            "primary",
        ),
        Act(
            Action.START,
            _("Start the work"),
            _("The municipality hears that the work is under way."),
            _("The work has started."),
            PlainForm,
            lambda request, by, _data: services.start_request(request, by=by),
            "primary",
        ),
        Act(
            Action.COMPLETE,
            _("Complete the request"),
            _("A word on the result; the municipality may still answer before the request is closed."),
            _("The request is completed."),
            WordsForm,
            lambda request, by, data: services.complete_request(request, by=by, **_words(data, "result")),
            "primary",
        ),
        Act(
            Action.ASK,
            _("Ask the municipality"),
            _("The request then waits for the municipality, and goes on with its answer."),
            _("Your question is sent; the request waits for the municipality."),
            WordsForm,
            lambda request, by, data: services.ask_municipality(request, by=by, **_words(data, "question")),
        ),
        Act(
            Action.MESSAGE,
            _("Write a message"),
            _("Both parties see it; the state stays as it is."),
            _("Your message is sent."),
            MessageForm,
            _send_message,
        ),
        Act(
            Action.ASSIGN,
            _("Hand over"),
            _("To somebody of the team who handles requests, with a note for them if you like."),
            _("The request is assigned."),
            AssignForm,
            _hand_over,
        ),
        Act(
            Action.MOVE_DEADLINE,
            _("Set another expected date"),
            _("Whoever asked reads the new date and your reason. Choose a day you can keep."),
            _("The expected date is changed, and whoever asked is told."),
            ExpectedDateForm,
            lambda request, by, data: move_deadline(request, by=by, due_on=data["due_on"], **_words(data, "reason")),
        ),
        Act(
            Action.CLOSE,
            _("Close the request"),
            _("Nobody can write in it any more; it stays readable for both parties."),
            _("The request is closed."),
            PlainForm,
            lambda request, by, _data: services.close_request(request, by=by),
        ),
        Act(
            Action.REOPEN,
            _("Reopen"),
            _("Say what is missing, or what has come up again. The municipality takes the work up again, with a new date."),
            _("The request is open again."),
            WordsForm,
            lambda request, by, data: services.reopen_request(request, by=by, **_words(data, "reason")),
        ),
        Act(
            Action.WITHDRAW,
            _("Withdraw"),
            _("Nothing more is expected of the municipality. This cannot be undone."),
            _("The request is withdrawn."),
            ReasonForm,
            lambda request, by, data: services.withdraw_request(request, by=by, reason=data["words"]),
            "danger",
        ),
        Act(
            Action.DECLINE,
            _("Decline"),
            _("The municipality reads the reason. This cannot be undone."),
            _("The request is declined."),
            WordsForm,
            lambda request, by, data: services.decline_request(request, by=by, **_words(data, "reason")),
            "danger",
        ),
    )
}
