"""Internal notes on the page of a request: their form, and the colleagues who can be mentioned."""

import uuid
from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from municipalities.admin.base import person_of
from municipalities.models import User
from partnerships.forms.attachments import FilesForm
from partnerships.models import ServiceRequest
from partnerships.services.attachments import add_attachments
from partnerships.services.notes import NoteNotAllowed, colleagues, may_note, write_note


class ColleaguesField(forms.ModelMultipleChoiceField):
    """Staff who see requests, to be ticked."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        defaults = {"label": _("Mention colleagues"), "help_text": _("They get a mail with your words."), "required": False}
        super().__init__(queryset=User.objects.none(), **defaults | kwargs)

    def label_from_instance(self, person: User) -> str:
        return f"@{person.full_name}"


class NoteForm(FilesForm):
    words = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), validators=[MaxLengthValidator(5000)], label=_("Note"))
    mentioned = ColleaguesField()
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, person=person, auto_id="id_note_%s", **kwargs)
        cast("ColleaguesField", self.fields["mentioned"]).queryset = colleagues().exclude(pk=person.pk)
        self.initial.setdefault("token", uuid.uuid4())


def note_form(user: User, request: ServiceRequest) -> NoteForm | None:
    """An empty form for whoever may write a note here."""
    return NoteForm(person=user) if may_note(user, request) else None


def take_note(request: HttpRequest, obj: ServiceRequest) -> NoteForm | None:
    """Keep the note with its files; return the form with what was refused, None when all went well."""
    form = NoteForm(cast("QueryDict", request.POST), cast("MultiValueDict", request.FILES), person=person_of(request))
    if not form.is_valid():
        return form
    typed = form.cleaned_data
    try:
        with transaction.atomic():
            note = write_note(obj, by=person_of(request), body=typed["words"], mentioned=typed["mentioned"], token=typed["token"])
            add_attachments(obj, by=person_of(request), uploads=typed["attachments"], note=note)
    except NoteNotAllowed:
        raise PermissionDenied from None
    except ValidationError as error:
        form.refuse_files(error)
        return form
    return None
