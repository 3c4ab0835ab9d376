"""The page of a framework agreement, its signed document, its summary in both languages, and the picture of all of them."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from municipalities.http import PersonRequest
from municipalities.languages import CONTENT_LANGUAGES, reading_in
from municipalities.models import Municipality
from partnerships.models import Agreement, AgreementSignatory
from partnerships.pdf import PdfNotAvailable, can_make_pdf, pdf_of
from partnerships.renewals import differences, with_predecessor
from partnerships.timelines import Timeline, timeline_of

Side = AgreementSignatory.Side


def _visible_or_404(request: PersonRequest, key: uuid.UUID) -> Agreement:
    """An agreement of one's own municipality, once signed; for anybody else it does not exist."""
    return get_object_or_404(with_predecessor(Agreement.objects.visible_to(request.user).with_all()), key=key)


def _facts(agreement: Agreement, on: dt.date) -> dict[str, Any]:
    signatories = list(agreement.signatories.all())
    return {
        "agreement": agreement,
        "state": agreement.state_on(on),
        "signed_for": [(side.label, [one for one in signatories if one.side == side]) for side in Side],
        "amendments": [(one, one.effective_from <= on) for one in agreement.amendments.all()],
        "current_version": next(reversed(agreement.amendments_on(on)), None),
    }


@require_safe
def agreement_page(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """What was agreed, until when, with whom, and which services it gives a right to."""
    agreement = _visible_or_404(request, key)
    today = timezone.localdate()
    renewal = agreement.renewal
    context = _facts(agreement, today) | {
        "differences": [one for one in differences(agreement) if one.is_changed],
        "renewal": renewal if renewal and (renewal.signed_on or request.user.is_staff) else None,
        "timeline": portal_timeline(request, agreement.municipality, today),
        "makes_pdf": can_make_pdf(),
    }
    return render(request, "partnerships/agreements/agreement_page.html", context)


def portal_timeline(request: PersonRequest, municipality: Municipality, on: dt.date) -> Timeline | None:
    """The agreements this reader may see, each leading to its page."""
    visible = Agreement.objects.visible_to(request.user).filter(municipality=municipality)
    agreements = visible.select_related("successor").prefetch_related("amendments").order_by("period", "pk")
    return timeline_of(municipality, agreements, on, lambda one: reverse("agreement", args=[one.key]))


@require_safe
def agreement_timeline(request: PersonRequest, slug: str) -> HttpResponse:
    """The picture alone, for a report or a presentation."""
    municipality = get_object_or_404(Municipality.objects.visible_to(request.user).defer("outline"), slug=slug)
    timeline = portal_timeline(request, municipality, timezone.localdate())
    if timeline is None:
        raise Http404
    response = render(
        request, "partnerships/agreements/timeline.svg", {"timeline": timeline, "id": "timeline"}, content_type="image/svg+xml"
    )
    return _kept_by_nobody(response)


# --- The signed document ------------------------------------------------------------------------


@require_safe
def agreement_document(request: PersonRequest, key: uuid.UUID) -> HttpResponse | FileResponse:
    """The signed PDF, to those who may see the agreement; as a file to keep, in which nothing runs."""
    agreement = get_object_or_404(Agreement.objects.visible_to(request.user).exclude(document=""), key=key)
    try:
        content = agreement.document.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=agreement.document_name, content_type="application/pdf")
    return _sandboxed(response)


def _sandboxed(response: HttpResponse | FileResponse) -> Any:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return _kept_by_nobody(response)


def _kept_by_nobody(response: Any) -> Any:
    response.headers["Cache-Control"] = "private, no-store"
    return response


# --- The summary --------------------------------------------------------------------------------


def _versions(agreement: Agreement, on: dt.date) -> list[tuple[str, str]]:
    """The whole summary in French and the whole summary in Dutch, of equal rank; the reader's own language decides nothing here."""
    versions: list[tuple[str, str]] = []
    for language in CONTENT_LANGUAGES:
        with reading_in(language):
            context = _facts(agreement, on) | {"language": language, "on": on}
            versions.append((language, render_to_string("partnerships/agreements/_summary.html", context)))
    return versions


@require_safe
def agreement_summary(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """The agreement on a page per language, made to be printed."""
    agreement = _visible_or_404(request, key)
    context = {"agreement": agreement, "versions": _versions(agreement, timezone.localdate()), "makes_pdf": can_make_pdf()}
    return render(request, "partnerships/agreements/agreement_summary.html", context)


@require_safe
def agreement_summary_pdf(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """The same as a file; where no PDF can be made, say so and lead to the page, which prints as well."""
    agreement = _visible_or_404(request, key)
    context = {"agreement": agreement, "versions": _versions(agreement, timezone.localdate())}
    try:
        content = pdf_of(render_to_string("partnerships/agreements/summary_document.html", context))
    except PdfNotAvailable:
        messages.info(request, _("This portal cannot make PDF files at the moment. The page below prints as well: use your browser."))
        return redirect("agreement_summary", key=agreement.key)
    response = HttpResponse(content, content_type="application/pdf")
    name = f"{agreement.reference}.pdf"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return _sandboxed(response)
