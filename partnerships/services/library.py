"""Acts on the library: delivering what came of a request, new versions, sharing with the owner's consent, noting exchanges."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import Municipality, User
from partnerships.models import (
    Event,
    Exchange,
    LibraryFile,
    LibraryItem,
    LibraryShare,
    LibraryVersion,
    ServiceRequest,
    StepRule,
)
from partnerships.models.attachments import first_scan
from partnerships.permissions import Party, party_of
from partnerships.services.events import record_event
from partnerships.services.steps import UNDER_WAY, do_step, may_tick
from partnerships.uploads import Checked

Scope = LibraryItem.Scope
Files = Mapping[str, Checked]  # by LibraryFile.Language


class DeliveryNotAllowed(Exception):
    """Not somebody of the agency who handles requests, or not a request that is worked on."""


def may_deliver(user: User, request: ServiceRequest) -> bool:
    """The agency's side, from the acknowledgement on, and after the closing."""
    states = UNDER_WAY | {ServiceRequest.State.CLOSED}
    may_add = user.has_perm("partnerships.add_libraryitem")
    return may_add and request.state in states and party_of(user, request) == Party.AGENCY


# --- Delivering ---------------------------------------------------------------------------------


@transaction.atomic
def deliver_document(
    request: ServiceRequest, *, by: User, item: LibraryItem, files: Files, shared_with: Iterable[Municipality] = ()
) -> LibraryItem:
    """Put what came of a request into the library, unsaved `item` and at least one file; the asker hears of it.

    The exchange is noted, the step that waits for it is ticked. Raises DeliveryNotAllowed, ValidationError.
    """
    request = _locked(request)
    if not may_deliver(by, request):
        raise DeliveryNotAllowed
    if not files:
        raise ValidationError({"file_fr": _("Please choose at least one file.")})
    item.request, item.municipality = request, request.municipality
    item = add_item(item, by=by, files=files, shared_with=shared_with)
    received = Exchange.Direction.RECEIVED if item.is_from_municipality else Exchange.Direction.GIVEN
    Exchange.objects.create(
        municipality=request.municipality, request=request, direction=received, on=timezone.localdate(), item=item, by=by
    )
    _tick(request, by)
    data = {"item": item.pk, "scope": item.scope}
    record_event(Event.Verb.DOCUMENT_DELIVERED, request, by=by, municipality=request.municipality, data=data)
    return item


@transaction.atomic
def add_item(item: LibraryItem, *, by: User, files: Files, shared_with: Iterable[Municipality] = ()) -> LibraryItem:
    """Keep an item with its first version and its readers. Raises ValidationError by field."""
    chosen = list(shared_with)
    _check_readers(item.scope, chosen)
    item.added_by = by
    check_consent(item)
    item.full_clean(exclude=["added_by", "request"])
    item.save(force_insert=True)
    _share(item, chosen)
    if files:
        add_version(item, by=by, files=files)
    return item


@transaction.atomic
def add_version(item: LibraryItem, *, by: User, files: Files) -> LibraryVersion:
    """Keep new files as the next version; a file that is not replaced goes along. The same content again makes no version."""
    LibraryItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    newest = item.versions.prefetch_related("files").first()
    known = {file.language: file for file in newest.files.all()} if newest else {}
    new = {language: file for language, file in files.items() if language not in known or known[language].sha256 != file.sha256}
    if newest and not new:
        return newest
    version = LibraryVersion.objects.create(item=item, number=newest.number + 1 if newest else 1, added_by=by)
    for language in LibraryFile.Language.values:
        if language in new:
            _keep(version, language, new[language])
        elif language in known:
            _carry(version, known[language])
    return version


def _keep(version: LibraryVersion, language: str, checked: Checked) -> None:
    file = LibraryFile(version=version, language=language, name=checked.name, kind=checked.kind, size=checked.size, sha256=checked.sha256)
    file.scan = first_scan()
    file.file.save(checked.name, ContentFile(checked.content), save=False)
    file.save(force_insert=True)


def _carry(version: LibraryVersion, known: LibraryFile) -> None:
    """The same stored file, named in the new version too: nothing is copied."""
    LibraryFile.objects.create(
        version=version,
        language=known.language,
        name=known.name,
        kind=known.kind,
        size=known.size,
        sha256=known.sha256,
        file=known.file.name,
        scan=known.scan,
        scanned_at=known.scanned_at,
        finding=known.finding,
    )


def _tick(request: ServiceRequest, by: User) -> None:
    """The step that waits for a delivery is done with it; a tick by hand stays as it is."""
    for step in request.steps.filter(rule=StepRule.LIBRARY, done_on__isnull=True).select_related("request"):
        if may_tick(by, step):
            do_step(step, by=by, done_on=timezone.localdate())


# --- Sharing ------------------------------------------------------------------------------------


@transaction.atomic
def share_item(
    item: LibraryItem,
    *,
    by: User,
    scope: str,
    shared_with: Iterable[Municipality] = (),
    agreed_by: User | None = None,
    agreed_on: dt.date | None = None,
) -> LibraryItem:
    """Let others read an item, or fewer; what belongs to a municipality goes further only with somebody's consent.

    The same readers again change nothing. Raises ValidationError by field.
    """
    item = LibraryItem.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=item.pk)
    chosen = sorted(shared_with, key=lambda place: place.pk) if scope == Scope.CHOSEN else []
    before = (item.scope, sorted(share.municipality_id for share in item.shares.all()), item.agreed_by_id, item.agreed_on)
    after = (scope, [place.pk for place in chosen], agreed_by.pk if agreed_by else None, agreed_on)
    if before == after:
        return item
    _check_readers(scope, chosen)
    item.scope, item.agreed_by, item.agreed_on = scope, agreed_by, agreed_on
    check_consent(item)
    item.full_clean(exclude=["added_by", "request"])
    item.save(update_fields=["scope", "agreed_by", "agreed_on"])
    _share(item, chosen)
    data = {
        "from": before[0],
        "to": scope,
        "before": before[1],
        "after": after[1],
        "agreed_by": after[2],
        "agreed_on": str(agreed_on or ""),
    }
    record_event(Event.Verb.DOCUMENT_SHARED, item, by=by, municipality=item.municipality, data=data)
    return item


def _check_readers(scope: str, chosen: list[Municipality]) -> None:
    if scope == Scope.CHOSEN and not chosen:
        raise ValidationError({"shared_with": _("Choose the municipalities it is shared with.")})


def check_consent(item: LibraryItem) -> None:
    """What belongs to a municipality goes further with the consent of somebody in office there on that day. Raises ValidationError."""
    if not item.is_from_municipality or item.scope == Scope.OWN:
        return
    if item.agreed_by is None:
        raise ValidationError({"agreed_by": _("Say who agreed for the municipality.")})
    if item.agreed_on is None:
        raise ValidationError({"agreed_on": _("Say on which day they agreed.")})
    if not item.agreed_by.mandates.in_force(item.agreed_on).filter(municipality=item.municipality).exists():
        raise ValidationError({"agreed_by": _("On that day this person did not act for the municipality.")})


def _share(item: LibraryItem, chosen: list[Municipality]) -> None:
    """These municipalities and no others; a list without that scope means nothing and is not kept."""
    wanted = {place.pk for place in chosen} if item.scope == Scope.CHOSEN else set()
    item.shares.exclude(municipality__in=wanted).delete()
    known = set(item.shares.values_list("municipality", flat=True))
    LibraryShare.objects.bulk_create(LibraryShare(item=item, municipality_id=key) for key in sorted(wanted - known))


# --- What was exchanged -------------------------------------------------------------------------


@transaction.atomic
def record_exchange(request: ServiceRequest, *, by: User, direction: str, what: str, on: dt.date, conditions: str = "") -> Exchange:
    """Note what one side gave the other without its coming into the library. Raises DeliveryNotAllowed, ValidationError by field."""
    request = _locked(request)
    if not may_deliver(by, request):
        raise DeliveryNotAllowed
    if on > timezone.localdate():
        raise ValidationError({"on": _("What was exchanged lies behind us: choose today or a day before.")})
    exchange = Exchange(municipality=request.municipality, request=request, direction=direction, what=what.strip(), on=on, by=by)
    exchange.conditions = conditions.strip()
    exchange.full_clean(exclude=["municipality", "request", "by"])
    exchange.save(force_insert=True)
    data = {"exchange": exchange.pk, "direction": direction}
    record_event(Event.Verb.EXCHANGE_NOTED, request, by=by, municipality=request.municipality, data=data)
    return exchange


def _locked(request: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=request.pk)
