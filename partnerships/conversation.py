"""Messages and notes as staff read them, in the order in which they were written."""

import datetime as dt
from dataclasses import dataclass

from municipalities.models import User
from partnerships.models import Message, Note, ServiceRequest


@dataclass(frozen=True)
class Said:
    """A message both sides read, or a note of the team."""

    words: Message | Note
    at: dt.datetime
    is_note: bool
    is_new: bool


def thread_for_staff(request: ServiceRequest, reader: User, before: dt.datetime | None) -> list[Said]:
    """Both, oldest first; marked as new what others wrote since the reader was last here."""
    messages = [
        (message, message.sent_at, False) for message in Message.objects.for_requests([request]).prefetch_related("mentions__person")
    ]
    notes = [(note, note.written_at, True) for note in Note.objects.visible_to(reader).for_requests([request])]
    both: list[tuple[Message | Note, dt.datetime, bool]] = sorted([*messages, *notes], key=lambda said: said[1])
    return [Said(words, at, is_note, is_new(words, at, reader, before)) for words, at, is_note in both]


def is_new(words: Message | Note, at: dt.datetime, reader: User, before: dt.datetime | None) -> bool:
    """Written by somebody else since the last visit; on a first visit nothing stands out."""
    return before is not None and at > before and words.author_id != reader.pk
