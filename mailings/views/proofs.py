"""The proof of information for the cabinet: in numbers, as a file, of the mailings it had before it."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mailings.models import Mailing, Run
from mailings.permissions import can_review
from mailings.proof_files import file_name, proof_pdf
from municipalities.http import PersonRequest, pdf_answer
from partnerships.pdf import PdfNotAvailable


@require_safe
def review_proof(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """The PDF of a mailing that went out; 404 for everybody who gives no verdict."""
    if not can_review(request.user):
        raise Http404
    mailing = get_object_or_404(Mailing.objects.visible_to(request.user).sent(), key=key)
    run = get_object_or_404(Run.objects.select_related("mailing"), mailing=mailing)
    try:
        return pdf_answer(file_name(run), proof_pdf(run))
    except PdfNotAvailable:
        messages.info(request, _("This portal cannot make PDF files at the moment."))
        return redirect("review", key=key)
