"""Forms of the archive, of the cabinet's review, and of what a person wants to receive."""

import datetime as dt
import uuid
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from mailings.models import Mailing, MailingComment, MailPreference, Measure
from mailings.proof import WAYS
from municipalities.forms import OneChoice
from municipalities.languages import CorrespondenceLanguage
from municipalities.models import User

LONGEST_COMMENT = 2000


class ArchiveSearchForm(forms.Form):
    """Words to look for in what was sent, and the mailing from which to go on."""

    q = forms.CharField(label=_("Search the mailings"), max_length=100, required=False)
    after = forms.CharField(max_length=36, required=False)
    before = forms.CharField(max_length=36, required=False)

    def clean_after(self) -> uuid.UUID | None:
        return _key(self.cleaned_data["after"])

    def clean_before(self) -> uuid.UUID | None:
        return _key(self.cleaned_data["before"])


class MeasureFilterForm(forms.Form):
    """What narrows the list of measures; a value that makes no sense is said beside its field."""

    words = forms.CharField(label=_("Words"), max_length=100, required=False)
    level = forms.ChoiceField(label=_("Level of government"), choices=[("", _("All levels")), *Measure.Level.choices], required=False)
    audience = forms.ChoiceField(label=_("For whom"), choices=[("", _("All audiences")), *Measure.Audience.choices], required=False)
    day = forms.DateField(label=_("In force on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    after = forms.CharField(max_length=36, required=False, widget=forms.HiddenInput)

    def clean_after(self) -> uuid.UUID | None:
        return _key(self.cleaned_data["after"])

    def narrowing(self) -> dict[str, Any]:
        """What was asked for and makes sense."""
        names = ("words", "level", "audience", "day")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}


def _key(written: str) -> uuid.UUID | None:
    """A key that is none leads to the beginning, as one of a mailing that is gone does."""
    try:
        return uuid.UUID(written)
    except ValueError:
        return None


class VerdictForm(forms.Form):
    """A verdict on exactly what was shown: its fingerprint travels with the form."""

    shown_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
    comment = forms.CharField(
        label=_("Comment"),
        max_length=LONGEST_COMMENT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed when you send the mailing back; the editors read it."),
    )


class CommentForm(forms.Form):
    """A remark on one block, or on the whole."""

    about = forms.ChoiceField(label=_("About"))
    text = forms.CharField(label=_("Your remark"), max_length=LONGEST_COMMENT, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, mailing: Mailing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["about"]).choices = blocks_of(mailing)

    def block(self) -> dict[str, Any]:
        """The block as the service takes it."""
        block, _colon, item = self.cleaned_data["about"].partition(":")
        return {"block": block, "item": int(item) if item else None}


def blocks_of(mailing: Mailing) -> list[tuple[str, Any]]:
    """The blocks of a mailing from top to bottom, by the name a form gives them."""
    block = MailingComment.Block
    items = [(f"{block.ITEM}:{item.pk}", str(item.title)) for item in mailing.items.order_by("position", "pk")]
    plain = [(str(one.value), one.label) for one in (block.WHOLE, block.SUBJECT, block.INTRO, block.CLOSING)]
    return [*plain[:3], *items, plain[3]]


class StandInForm(forms.Form):
    """Who stands in, from one day to another."""

    person = forms.ModelChoiceField(label=_("Colleague of the agency"), queryset=User.objects.none())
    first_day = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField", self.fields["person"]).queryset = User.objects.staff().order_by("last_name", "first_name", "pk")


class SendBackForm(VerdictForm):
    """The same, where the editors must be told why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"].required = True
        self.fields["comment"].error_messages["required"] = _("Please say what should change.")


class StopForm(forms.Form):
    """Why a sending ends before everybody had it: read by the other editors, and kept."""

    reason = forms.CharField(label=_("Why is it stopped?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class NotWorkingForm(forms.Form):
    """How it is known that mails do not arrive: whoever repairs the address reads it."""

    reason = forms.CharField(label=_("How do you know?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class ToldOtherwiseForm(forms.Form):
    """How a municipality was informed where no mail reached it."""

    way = forms.ChoiceField(label=_("How was the municipality informed?"), choices=list(WAYS.items()), widget=forms.RadioSelect)
    on = forms.DateField(label=_("On which day?"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    whom = forms.CharField(label=_("Who was informed?"), max_length=150)
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class ManyChoices(forms.CheckboxSelectMultiple):
    template_name = "portal/form/choices.html"


class MailChoicesForm(forms.Form):
    """What a person wants to receive; messages about their own requests are no choice."""

    language = forms.ChoiceField(
        label=_("Language of the mails you receive"),
        choices=CorrespondenceLanguage.choices,
        widget=OneChoice,
        help_text=_("“French and Dutch” brings both full versions in one mail."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Mailings you receive"),
        choices=Mailing.Kind.choices,
        required=False,
        widget=ManyChoices,
        help_text=_("Messages about your own requests and log-in codes reach you whatever you choose here."),
    )
    paused_until = forms.DateField(
        label=_("No mailings before"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("For a leave, for example. From this day on they come again by themselves; leave it empty to receive them now."),
    )

    @classmethod
    def of_person(cls, person: User, preference: MailPreference | None, today: dt.date, data: Any = None) -> "MailChoicesForm":
        """Filled with what holds today: of a pause that is over nothing is shown."""
        unwanted = preference.unwanted_kinds if preference else []
        is_out = bool(preference and preference.unsubscribed_at)
        pause = preference.paused_until if preference else None
        stands = {
            "language": person.correspondence_language,
            "kinds": [] if is_out else [kind for kind in Mailing.Kind if kind not in unwanted],
            "paused_until": pause if pause and pause > today else None,
        }
        return cls(data, initial=stands)
