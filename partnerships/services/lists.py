"""Acts on imports of lists: a file is looked at first, then taken over whole or not at all."""

import hashlib

from django.db import IntegrityError, transaction
from django.utils import timezone

from municipalities.lists.models import ListImport
from municipalities.lists.runs import LISTS, FaultyList, Outcome, take_over, try_list
from municipalities.models import User
from municipalities.turnover.files import RawFile, read_file, safe_name
from partnerships.models import Event
from partnerships.services.events import record_event

PERMISSION = "municipalities.import_list"


class ListNotAllowed(Exception):
    """This person may not import lists."""


class ListSettled(Exception):
    """This list was imported already, or thrown away."""


class ListChanged(Exception):
    """The register changed after the trial was shown: it must be read again. Nothing was written."""


@transaction.atomic
def upload_list(data: bytes, *, kind: str, name: str, by: User) -> ListImport:
    """Keep a file for a look at it. Raises ListNotAllowed, or UnreadableFile with a sentence for the reader."""
    _check_right(by)
    raw = read_file(data, LISTS[kind].columns)
    sha256 = hashlib.sha256(data).hexdigest()
    return ListImport.objects.create(by=by, kind=kind, file_name=safe_name(name), sha256=sha256, content=raw.as_json())


def outcome_of(listed: ListImport) -> Outcome:
    """What importing this list would do to the register as it stands now."""
    return try_list(RawFile.from_json(listed.content), listed.kind)


@transaction.atomic
def import_list(listed: ListImport, *, by: User, shown: str | None = None) -> ListImport:
    """Take a list over: everything or nothing. `shown` is the fingerprint of the trial the person read.

    Raises ListNotAllowed, ListSettled, FaultyList, or ListChanged.
    """
    _check_right(by)
    kept = ListImport.objects.select_for_update(of=("self",)).waiting().filter(pk=listed.pk).first()
    if kept is None:
        raise ListSettled
    outcome = _written(kept, shown)
    kept.by, kept.applied_at, kept.counts, kept.content = by, timezone.now(), outcome.counts, {}
    kept.save(update_fields=["by", "applied_at", "counts", "content"])
    record_event(Event.Verb.LIST_IMPORTED, kept, by=by, data={"list": kept.kind, "sha256": kept.sha256} | outcome.counts)
    return kept


def discard_list(listed: ListImport, *, by: User) -> None:
    """Throw a file away that was only looked at."""
    _check_right(by)
    ListImport.objects.waiting().filter(pk=listed.pk).delete()


def _written(kept: ListImport, shown: str | None) -> Outcome:
    try:
        with transaction.atomic():
            outcome = take_over(RawFile.from_json(kept.content), kept.kind, why=f"list {kept.pk}")
            if shown is not None and shown != outcome.fingerprint:
                raise ListChanged
            return outcome
    except FaultyList as error:
        if shown is not None:
            raise ListChanged from error
        raise
    except IntegrityError as error:  # somebody saved the same thing at this very moment
        raise ListChanged from error


def _check_right(by: User) -> None:
    if not by.has_perm(PERMISSION):
        raise ListNotAllowed
