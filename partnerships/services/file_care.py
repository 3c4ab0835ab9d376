"""What is done with files after they came: scanned, pictured, let go of, and counted against the storage. Asked by the clock."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

import structlog
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.db import connection, models, transaction
from django.utils import timezone

from partnerships.models import Attachment, DraftUpload, Event, LibraryFile, LibraryItem
from partnerships.services.attachments import record_about
from partnerships.services.events import record_event
from partnerships.uploads.previews import NoPreview, preview_of
from partnerships.uploads.scanning import ScannerAway, find_virus
from partnerships.uploads.storing import FOLDER

logger = structlog.get_logger(__name__)
Scan, Preview = Attachment.Scan, Attachment.Preview
ONE_AT_A_TIME = 7_304_222  # any number no other lock of ours bears
ON_THE_WAY = dt.timedelta(days=1)  # far longer than any form is under way
NO_NAME = "–"


def care_for_files(until: dt.datetime) -> None:
    """Scan what waits for the scanner, then draw what waits for its picture; one worker at a time, until the time is up."""
    with _alone() as is_alone:
        if is_alone:
            scan_waiting(until)
            draw_waiting(until)


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other worker is at it; the lock ends with the connection at the latest."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME])
        (is_alone,) = cursor.fetchone()
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


# --- Viruses ------------------------------------------------------------------------------------


def scan_waiting(until: dt.datetime) -> int:
    """Show each waiting file to the scanner; when it is away, all wait on. Return how many got their verdict.

    Without a scanner (CLAMD_URL taken out of the settings) what waited is let go as it is.
    """
    if not settings.CLAMD_URL:
        return sum(waiting.update(scan=Scan.NONE) for waiting in _waiting_for_scan())
    settled = 0
    for file in chain.from_iterable(waiting.iterator(chunk_size=50) for waiting in _waiting_for_scan()):
        if timezone.now() >= until:
            break
        try:
            settled += _scan(file)
        except ScannerAway as fault:
            logger.warning("scanner_away", fault=str(fault))
            break
    return settled


def _waiting_for_scan() -> tuple[models.QuerySet[Any], ...]:
    """Files of requests first, then those of the library."""
    return Attachment.objects.waiting_for_scan(), LibraryFile.objects.waiting_for_scan()


def _scan(file: Attachment | LibraryFile) -> bool:
    """Ask the scanner outside any transaction, then write its verdict; a file lost by the storage waits for the report of losses."""
    try:
        with file.file.open("rb") as content:
            finding = find_virus(content.read())
    except FileNotFoundError:
        logger.warning("file_lost", kind=file._meta.model_name, file=file.pk)
        return False
    if not finding:
        waiting = type(file)._default_manager.filter(pk=file.pk, scan=Scan.PENDING)
        return bool(waiting.update(scan=Scan.CLEAN, scanned_at=timezone.now()))
    if isinstance(file, Attachment):
        quarantine_attachment(file, finding=finding)
    else:
        quarantine_library_file(file, finding=finding)
    return True


@transaction.atomic
def quarantine_attachment(attachment: Attachment, *, finding: str) -> None:
    """From now on the file is given to nobody; whoever put it and the SPOC are told."""
    attachment = Attachment.objects.select_for_update(of=("self",)).select_related("request__municipality", "note").get(pk=attachment.pk)
    if attachment.scan == Scan.INFECTED:
        return
    _delete_later([attachment.preview.name])
    attachment.scan, attachment.scanned_at, attachment.finding = Scan.INFECTED, timezone.now(), finding[:120]
    attachment.preview, attachment.preview_state = "", Preview.NONE
    attachment.save(update_fields=["scan", "scanned_at", "finding", "preview", "preview_state"])
    record_about(Event.Verb.ATTACHMENT_QUARANTINED, attachment, by=None)
    logger.warning("file_quarantined", attachment=attachment.pk, finding=finding)


@transaction.atomic
def quarantine_library_file(file: LibraryFile, *, finding: str) -> None:
    """From now on the file is given to nobody, in whatever version it stands; whoever put it is told, and the SPOC of its request."""
    same = LibraryFile.objects.filter(file=file.file.name, scan=Scan.PENDING)
    if not same.update(scan=Scan.INFECTED, scanned_at=timezone.now(), finding=finding[:120]):
        return
    item = LibraryItem.objects.select_related("request__municipality", "municipality").get(versions__files=file)
    data = {"library_file": file.pk}
    subject, place = item.request or item, item.request.municipality if item.request else item.municipality
    record_event(Event.Verb.ATTACHMENT_QUARANTINED, subject, by=None, municipality=place, data=data)
    logger.warning("file_quarantined", library_file=file.pk, finding=finding)


# --- Pictures -----------------------------------------------------------------------------------


def draw_waiting(until: dt.datetime) -> int:
    """Draw the files whose picture is still to be made; one that cannot be drawn is not tried again. Return how many were dealt with."""
    drawn = 0
    for attachment in Attachment.objects.waiting_for_preview().iterator(chunk_size=50):
        if timezone.now() >= until:
            break
        _draw(attachment)
        drawn += 1
    return drawn


def _draw(attachment: Attachment) -> None:
    waiting = Attachment.objects.filter(pk=attachment.pk, preview_state=Preview.PENDING)
    try:
        with attachment.file.open("rb") as file:
            picture = preview_of(file.read(), attachment.kind)
    except (NoPreview, FileNotFoundError) as fault:
        logger.info("no_preview", attachment=attachment.pk, fault=str(fault))
        waiting.update(preview_state=Preview.FAILED)
        return
    attachment.preview.save("preview", ContentFile(picture), save=False)
    if not waiting.servable().update(preview=attachment.preview.name, preview_state=Preview.MADE):
        default_storage.delete(str(attachment.preview.name))


# --- Letting go ---------------------------------------------------------------------------------


@transaction.atomic
def forget_attachments(requests: Iterable[int]) -> int:
    """Remove all files of these requests, rows and contents."""
    rows = Attachment.objects.filter(request__in=list(requests))
    _delete_later(name for pair in rows.values_list("file", "preview") for name in pair)
    return rows.delete()[0]


@transaction.atomic
def drop_contents(attachments: Iterable[int]) -> int:
    """Of a file that was removed, or sat in quarantine, only that it was there stays: who put it, when, and its fingerprint."""
    rows = Attachment.objects.filter(pk__in=list(attachments))
    _delete_later(name for pair in rows.values_list("file", "preview") for name in pair)
    return rows.update(file="", preview="", preview_state=Preview.NONE, name=NO_NAME)


@transaction.atomic
def drop_draft_uploads(uploads: Iterable[int]) -> int:
    """Let go of files of forms that were never sent."""
    rows = DraftUpload.objects.filter(pk__in=list(uploads))
    _delete_later(rows.values_list("file", flat=True))
    return rows.delete()[0]


def _delete_later(names: Iterable[str | None]) -> None:
    """Once the rows are certainly gone; what a crash leaves behind is found by the sweep."""
    for name in [name for name in names if name]:
        transaction.on_commit(partial(default_storage.delete, name), robust=True)


# --- The storage against the tables -------------------------------------------------------------


@dataclass(frozen=True)
class Upkeep:
    """Files no row knows any more, and rows whose file is not there."""

    orphans: list[str]
    lost: list[str]


def compare_with_storage(now: dt.datetime) -> Upkeep:
    """Walk the private folder and the tables; what is younger than a day may still be under way, and is passed over."""
    known = _known_names()
    stored = set(_stored_names(default_storage))
    orphans = [name for name in sorted(stored - known) if default_storage.get_modified_time(name) < now - ON_THE_WAY]
    lost = sorted(name for name in known - stored if name.startswith(f"{FOLDER}/"))
    return Upkeep(orphans, lost)


def sweep_files(now: dt.datetime) -> Upkeep:
    """Remove files no row knows; report, and never touch, rows whose file is not there."""
    found = compare_with_storage(now)
    for name in found.orphans:
        default_storage.delete(name)
    if found.orphans or found.lost:
        logger.warning("files_swept", orphans=len(found.orphans), lost=len(found.lost), names=found.lost[:20])
    return found


def _known_names() -> set[str]:
    """Every file that a table of the portal names, those of histories included."""
    names: set[str] = set()
    for model in apps.get_models():
        for column in _file_columns(model):
            rows: models.QuerySet = models.QuerySet(model).exclude(**{column: ""}).exclude(**{column: None})
            names.update(rows.values_list(column, flat=True).iterator(chunk_size=2000))
    return names


def _file_columns(model: type[models.Model]) -> list[str]:
    """The columns that name a file; a history keeps them as plain text, under the name they have in its model."""
    origin = getattr(model, "instance_type", model)
    own = {field.name for field in model._meta.concrete_fields}
    return [field.name for field in origin._meta.concrete_fields if isinstance(field, models.FileField) and field.name in own]


def _stored_names(storage: Storage) -> Iterator[str]:
    try:
        folders, _files = storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    for folder in folders:
        for name in storage.listdir(f"{FOLDER}/{folder}")[1]:
            yield f"{FOLDER}/{folder}/{name}"
