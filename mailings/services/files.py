"""Files in mails: named, with the way to them, and never attached; and who hears of a file in quarantine."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from mailings.rendering import portal_link
from municipalities.models import User
from partnerships.models import Attachment, Event, LibraryFile, Note


@dataclass(frozen=True)
class FileTold:
    """A file as a mail names it; the link asks for a log-in, and for the right to see the request."""

    name: str
    link: str


def files_told(event: Event) -> list[FileTold]:
    """The files that came with the message of an event, or that it is about; those of a note only in what is told of the note itself."""
    if "library_file" in event.data:
        kept = LibraryFile.objects.filter(pk=event.data["library_file"]).select_related("version__item")
        return [FileTold(one.name, portal_link("library_item", one.version.item.key)) for one in kept]
    return [FileTold(one.name, portal_link("attachment", one.key)) for one in _files_of(event)]


def _files_of(event: Event) -> "QuerySet[Attachment]":
    present = Attachment.objects.filter(removed_at=None).order_by("pk")
    files = present if isinstance(event.subject, Note) else present.for_both_parties()
    if "attachment" in event.data:
        return files.filter(pk=event.data["attachment"])
    return files.filter(message=event.data["message"]) if "message" in event.data else files.none()


def who_put_it(event: Event, on: dt.date) -> list[User]:
    """Whoever sent the file that is in quarantine, while they have access; they alone can send a clean one."""
    if "library_file" in event.data:
        sent = User.objects.filter(pk__in=LibraryFile.objects.filter(pk=event.data["library_file"]).values("version__added_by"))
    else:
        sent = User.objects.filter(pk__in=Attachment.objects.filter(pk=event.data["attachment"]).values("added_by"))
    return [person for person in sent if person.has_access(on)]
