"""Notes among staff, and colleagues who are mentioned; a municipality never hears of either."""

import uuid
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.models import Event, Mention, Message, Note, ServiceRequest
from partnerships.permissions import Party, party_of
from partnerships.services.events import record_event


class NoteNotAllowed(Exception):
    """Only who handles requests for the agency writes notes."""


def colleagues() -> QuerySet[User]:
    """Who can be mentioned: active staff who see requests."""
    return User.objects.staff().able_to("partnerships.view_servicerequest").order_by("last_name", "first_name", "pk")


def may_note(user: User, request: ServiceRequest) -> bool:
    """Whoever handles requests for the agency, whatever the state of a request that was submitted; also after its end."""
    return bool(request.reference) and party_of(user, request) == Party.AGENCY


@transaction.atomic
def write_note(request: ServiceRequest, *, by: User, body: str, mentioned: Iterable[User] = (), token: uuid.UUID | None = None) -> Note:
    """Keep a note for the team; who is mentioned hears of it. The same `token` twice is one note.

    Raises NoteNotAllowed for everybody else, ValidationError when it is empty or mentions somebody who cannot see requests.
    """
    request = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if not may_note(by, request):
        raise NoteNotAllowed
    written = Note.objects.filter(token=token, request=request, author=by).first() if token else None
    if written:
        return written
    note = Note(request=request, author=by, body=body.strip(), token=token or uuid.uuid4())
    note.full_clean(exclude=["request", "author", "token"])
    note.save(force_insert=True)
    record_event(Event.Verb.NOTE_WRITTEN, note, by=by, municipality=request.municipality)
    mention_colleagues(note, by=by, people=mentioned)
    return note


@transaction.atomic
def mention_colleagues(words: Note | Message, *, by: User, people: Iterable[User]) -> int:
    """Name colleagues beside a note or a message of one's own; each is told once. Return how many."""
    named = {person.pk: person for person in people if person.pk != by.pk}
    if not named:
        return 0
    if colleagues().filter(pk__in=named).count() != len(named):
        raise ValidationError({"mentioned": _("This person does not see requests.")})
    place = {"note": words} if isinstance(words, Note) else {"message": words}
    known = set(Mention.objects.filter(**place).values_list("person", flat=True))
    new = [Mention(person=person, **place) for key, person in named.items() if key not in known]
    if new:
        Mention.objects.bulk_create(new)
        record_event(Event.Verb.COLLEAGUE_MENTIONED, words, by=by, municipality=words.request.municipality)
    return len(new)
