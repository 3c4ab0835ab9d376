"""Acts on agreements: themes, the signed document, signature, renewal, and the reminders of an end."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.text import get_valid_filename

from municipalities.models import User
from partnerships.models import Agreement, AgreementReminder, AgreementSignatory, AgreementTheme, Event, Theme
from partnerships.services.events import record_event

ONE_DAY = dt.timedelta(days=1)
PDF_BEGINS = re.compile(rb"%PDF-[12]\.\d")
PDF_ENDS_WITHIN = 2048  # ISO 32000: readers look for the trailer at the very end; mailers add a line or two
LONGEST_NAME = 120
CARRIED_OVER = ("municipality", "services", "working_methods_fr", "working_methods_nl", "first_signed_precision")


# --- The signed document ------------------------------------------------------------------------


class NotAPdf(Exception):
    """The content is not that of a whole PDF file, whatever its name says."""


class DocumentTooLarge(Exception):
    """More bytes than DOCUMENT_LARGEST_BYTES."""


@dataclass(frozen=True)
class CheckedPdf:
    """A document whose content was looked at: its bytes, a name that is safe everywhere, its fingerprint."""

    content: bytes
    name: str
    sha256: str


def check_pdf(upload: UploadedFile) -> CheckedPdf:
    """Read an upload and look at its content. Raises DocumentTooLarge or NotAPdf."""
    if (upload.size or 0) > settings.DOCUMENT_LARGEST_BYTES:
        raise DocumentTooLarge
    content = upload.read(settings.DOCUMENT_LARGEST_BYTES + 1)
    if len(content) > settings.DOCUMENT_LARGEST_BYTES:
        raise DocumentTooLarge
    end = content[-PDF_ENDS_WITHIN:]
    if not PDF_BEGINS.match(content) or b"startxref" not in end or b"%%EOF" not in end:
        raise NotAPdf
    return CheckedPdf(content, safe_name(upload.name or ""), hashlib.sha256(content).hexdigest())


def safe_name(name: str) -> str:
    """Letters, digits, dots and dashes, no folder, always `.pdf`; never empty."""
    stem = PurePosixPath(name.replace("\\", "/")).name
    stem = re.sub(r"\.pdf$", "", stem, flags=re.IGNORECASE).strip(". ")
    valid = get_valid_filename(stem).strip("._-") if stem else ""
    return f"{(valid or 'agreement')[: LONGEST_NAME - 4]}.pdf"


@transaction.atomic
def keep_document(agreement: Agreement, *, by: User, pdf: CheckedPdf) -> Agreement:
    """Keep the signed document in place of the one before, whose file stays for RETENTION_REPLACED_DOCUMENTS.

    The same document twice changes nothing.
    """
    agreement = _locked(agreement)
    if agreement.document_sha256 == pdf.sha256:
        return agreement
    agreement.document.save(pdf.name, ContentFile(pdf.content), save=False)
    agreement.document_name, agreement.document_sha256, agreement.document_size = pdf.name, pdf.sha256, len(pdf.content)
    agreement.save(update_fields=["document", "document_name", "document_sha256", "document_size"])
    data = {"sha256": pdf.sha256, "size": len(pdf.content)}
    record_event(Event.Verb.AGREEMENT_DOCUMENT_KEPT, agreement, by=by, municipality=agreement.municipality, data=data)
    return agreement


# --- Themes and signature -----------------------------------------------------------------------


@transaction.atomic
def choose_themes(agreement: Agreement, themes: Iterable[Theme]) -> None:
    """Let the agreement have these themes and no others; each that comes or goes leaves its row in the history."""
    wanted = {theme.pk: theme for theme in themes}
    for row in agreement.theme_rows.all():
        if row.theme_id not in wanted:
            row.delete()
        wanted.pop(row.theme_id, None)
    for theme in wanted.values():
        AgreementTheme.objects.create(agreement=agreement, theme=theme)


def record_signature(agreement: Agreement, *, by: User) -> Event:
    """Write that a draft became a signed agreement; the database itself refused it when another one is in the way."""
    data = {"signed_on": str(agreement.signed_on), "from": str(agreement.starts_on), "until": str(agreement.ends_on or "")}
    return record_event(Event.Verb.AGREEMENT_SIGNED, agreement, by=by, municipality=agreement.municipality, data=data)


# --- Renewal ------------------------------------------------------------------------------------


class RenewalNeedsEnd(Exception):
    """Only a signed agreement with a last day can be followed by another."""


@transaction.atomic
def renew_agreement(agreement: Agreement, *, by: User) -> Agreement:
    """Draft the agreement that follows; asked twice, return the draft that is there. Raises RenewalNeedsEnd.

    Services, themes, working methods and the functions of the signatories carry over; the names of who signs, decisions,
    signature, document and amendments belong to the one agreement alone.
    """
    agreement = _locked(agreement)
    existing = Agreement.objects.filter(predecessor=agreement).first()
    if existing is not None:
        return existing
    if agreement.signed_on is None or agreement.ends_on is None:
        raise RenewalNeedsEnd
    carried = {name: getattr(agreement, name) for name in CARRIED_OVER}
    renewal = Agreement.objects.create(
        predecessor=agreement,
        reference=_free_reference(agreement),
        period=_following_period(agreement),
        first_signed_on=agreement.first_signed_on or agreement.signed_on,
        **carried,
    )
    choose_themes(renewal, [row.theme for row in agreement.theme_rows.select_related("theme")])
    for signatory in agreement.signatories.exclude(function_fr=""):
        AgreementSignatory.objects.create(
            agreement=renewal, side=signatory.side, function_fr=signatory.function_fr, function_nl=signatory.function_nl
        )
    data = {"predecessor": agreement.pk}
    record_event(Event.Verb.AGREEMENT_RENEWAL_DRAFTED, renewal, by=by, municipality=agreement.municipality, data=data)
    return renewal


def _following_period(agreement: Agreement) -> DateRange:
    """From the day after, for as many whole years; at least one."""
    start, next_start = agreement.period.lower, agreement.period.upper
    years = max(1, round((next_start - start).days / 365.25))
    try:
        return DateRange(next_start, next_start.replace(year=next_start.year + years))
    except ValueError:  # the 29th of February
        return DateRange(next_start, dt.date(next_start.year + years, 3, 1))


def _free_reference(agreement: Agreement) -> str:
    """`CC-2031-21009`, and a number behind it while that is taken."""
    base = f"CC-{agreement.period.upper.year}-{agreement.municipality.nis_code}"
    taken = set(Agreement.objects.filter(reference__startswith=base).values_list("reference", flat=True))
    candidates = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
    return next(candidate for candidate in candidates if candidate not in taken)


# --- Reminders ----------------------------------------------------------------------------------


def remind_of_ends(now: dt.datetime) -> int:
    """Announce the ends that come near, each distance once; return how many were announced.

    Asked as often as one likes. After days without anybody asking, only the nearest distance is announced; an end that was
    moved is a new end. Nothing is said once the agreement that follows is signed.
    """
    today = timezone.localdate(now)
    ending = Agreement.objects.ending(today, max(settings.AGREEMENT_REMINDER_DAYS)).select_related("municipality").order_by("pk")
    return sum(_announce(agreement, today, now) for agreement in ending)


@transaction.atomic
def _announce(agreement: Agreement, today: dt.date, now: dt.datetime) -> bool:
    ends_on = agreement.ends_on
    if ends_on is None:
        return False
    days_left = (ends_on - today).days
    reached = min(days for days in settings.AGREEMENT_REMINDER_DAYS if days_left <= days)
    _reminder, is_new = AgreementReminder.objects.get_or_create(
        agreement=agreement, ends_on=ends_on, days_before=reached, defaults={"made_at": now}
    )
    if is_new:
        data = {"ends_on": str(ends_on), "days_before": reached, "days_left": days_left}
        record_event(Event.Verb.AGREEMENT_ENDING, agreement, by=None, municipality=agreement.municipality, data=data)
    return is_new


def _locked(agreement: Agreement) -> Agreement:
    return Agreement.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=agreement.pk)
