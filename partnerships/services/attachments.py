"""Every act on the files of a request: lock, check, keep, record. Files are looked at before they come here (`partnerships.uploads`)."""

import uuid
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.models import Attachment, DraftUpload, Event, Message, Note, ServiceRequest
from partnerships.models.attachments import StoredFile, first_scan
from partnerships.permissions import Action, Party, behalf_of, can, party_of
from partnerships.services.events import record_event
from partnerships.services.requests import ActionNotAllowed
from partnerships.uploads import Checked
from partnerships.uploads.previews import can_be_shown

Incoming = Checked | DraftUpload
Preview = Attachment.Preview


def may_add(user: User, request: ServiceRequest) -> bool:
    """Whoever may change the draft, or write in the request, may add files to it."""
    return can(user, Action.EDIT if request.is_draft else Action.MESSAGE, request)


def may_replace(user: User, attachment: Attachment) -> bool:
    """A new version comes from the side that gave the file."""
    is_open = attachment.removed_at is None and attachment.is_current
    return is_open and may_add(user, attachment.request) and party_of(user, attachment.request) == attachment.side


def may_remove(user: User, attachment: Attachment) -> bool:
    """Who put it takes it away again, as long as the request can be written in."""
    return attachment.removed_at is None and attachment.added_by_id == user.pk and may_add(user, attachment.request)


# --- Adding -------------------------------------------------------------------------------------


@transaction.atomic
def add_attachment(
    request: ServiceRequest, *, by: User, upload: Incoming, message: Message | None = None, note: Note | None = None
) -> Attachment:
    """Keep a checked file with the request, with a message its sender has just written, or with an internal note.

    The same file twice with one message, as after a second click, is one. Raises ActionNotAllowed for whoever may not write
    there, ValidationError when the request holds as many files as it may.
    """
    request = _locked(request)
    words = message or note
    is_own = words is not None and words.request_id == request.pk and words.author_id == by.pk
    if not (is_own or (words is None and may_add(by, request))):
        raise ActionNotAllowed(Action.MESSAGE, request)
    sent = words.attachments.filter(sha256=upload.sha256, name=upload.name).first() if words else None
    return sent or _keep(request, by=by, upload=upload, message=message, note=note)


@transaction.atomic
def add_attachments(
    request: ServiceRequest, *, by: User, uploads: Iterable[Incoming], message: Message | None = None, note: Note | None = None
) -> list[Attachment]:
    """Keep several files, all or none."""
    return [add_attachment(request, by=by, upload=upload, message=message, note=note) for upload in uploads]


def add_to_message(request: ServiceRequest, *, by: User, token: uuid.UUID, uploads: Iterable[Incoming]) -> list[Attachment]:
    """Keep the files of the act that wrote the message with this token, within the transaction of that act."""
    return add_attachments(request, by=by, uploads=uploads, message=Message.objects.get(token=token, request=request, author=by))


@transaction.atomic
def replace_attachment(attachment: Attachment, *, by: User, upload: Incoming) -> Attachment:
    """Keep a new version in the place of a file; the versions before it stay reachable. The same content again changes nothing."""
    request = _locked(attachment.request)
    attachment = Attachment.objects.select_related("message", "note").get(pk=attachment.pk)
    attachment.request = request
    if not may_replace(by, attachment):
        raise ActionNotAllowed(Action.MESSAGE, request)
    if attachment.sha256 == upload.sha256:
        return attachment
    Attachment.objects.filter(series=attachment.series, is_current=True).update(is_current=False)
    newest = Attachment.objects.filter(series=attachment.series).order_by("-version").values_list("version", flat=True)[0]
    return _keep(request, by=by, upload=upload, message=attachment.message, note=attachment.note, replaces=attachment, version=newest + 1)


@transaction.atomic
def remove_attachment(attachment: Attachment, *, by: User) -> Attachment:
    """Take one version out of sight; the version before it, if there is one, comes back. The file itself goes by the rule of retention."""
    request = _locked(attachment.request)
    attachment = Attachment.objects.get(pk=attachment.pk)
    attachment.request = request
    if not may_remove(by, attachment):
        raise ActionNotAllowed(Action.MESSAGE, request)
    was_current, attachment.is_current = attachment.is_current, False
    attachment.removed_at, attachment.removed_by = timezone.now(), by
    attachment.save(update_fields=["is_current", "removed_at", "removed_by"])
    if was_current:
        before = Attachment.objects.filter(series=attachment.series, removed_at=None).order_by("-version").first()
        Attachment.objects.filter(pk__in=[before.pk] if before else []).update(is_current=True)
    record_about(Event.Verb.ATTACHMENT_REMOVED, attachment, by=by)
    return attachment


def check_room_for(request: ServiceRequest, count: int) -> None:
    """Refuse more files than a request may hold."""
    if Attachment.objects.filter(request=request, removed_at=None).count() + count > settings.ATTACHMENTS_PER_REQUEST:
        words = _("A request holds %(most)d files at most. Please remove one first.") % {"most": settings.ATTACHMENTS_PER_REQUEST}
        raise ValidationError({"attachments": ValidationError(words, code="too_many_files")})


def _locked(request: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=request.pk)


def _keep(
    request: ServiceRequest,
    *,
    by: User,
    upload: Incoming,
    message: Message | None = None,
    note: Note | None = None,
    replaces: Attachment | None = None,
    version: int = 1,
) -> Attachment:
    check_room_for(request, 1)
    kept = Attachment(
        request=request,
        message=message,
        note=note,
        version=version,
        side=party_of(by, request) or Party.MUNICIPALITY,
        added_by=by,
        scan=first_scan(),
        preview_state=Preview.PENDING if can_be_shown(upload.kind) else Preview.NONE,
    )
    if replaces:
        kept.series = replaces.series
    _take_over(kept, upload)
    kept.save(force_insert=True)
    record_about(Event.Verb.ATTACHMENT_REPLACED if replaces else Event.Verb.ATTACHMENT_ADDED, kept, by=by)
    return kept


def _take_over(row: StoredFile, upload: Incoming) -> None:
    """Give a row its file: written anew, or handed on from the form in which it was kept meanwhile."""
    row.name, row.kind, row.size, row.sha256 = upload.name, upload.kind, upload.size, upload.sha256
    if isinstance(upload, DraftUpload):
        row.file.name = upload.file.name
        if not upload.delete()[0]:  # taken up by another form, or let go of as too old, in this very moment
            gone = _("“%(name)s” is no longer here. Please choose it again.") % {"name": upload.name}
            raise ValidationError({"attachments": ValidationError(gone, code="gone")})
    else:
        row.file.save(upload.name, ContentFile(upload.content), save=False)


def record_about(verb: str, attachment: Attachment, *, by: User | None) -> None:
    """A file of a draft is a change of the draft, which is its writer's alone; one of a note is told of the note, which is the team's."""
    request = attachment.request
    record_event(
        Event.Verb.REQUEST_EDITED if request.is_draft else verb,
        attachment.note or request,
        by=by,
        behalf_of=behalf_of(by, request) if by else None,
        municipality=request.municipality,
        data={"attachment": attachment.pk},
    )


# --- In hand ------------------------------------------------------------------------------------


@transaction.atomic
def hold_uploads(uploads: Iterable[Checked], *, by: User) -> list[DraftUpload]:
    """Keep the good files of a form that could not be sent, for its sender alone, until it is."""
    held = []
    for upload in uploads:
        row = DraftUpload(owner=by)
        _take_over(row, upload)
        row.save(force_insert=True)
        held.append(row)
    return held
