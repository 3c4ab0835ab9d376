"""The proof of information of a sending, and of a municipality over time: page, picture, PDF and CSV; and what was done about it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mailings.admin.run_places import RunPlaces
from mailings.forms import ToldOtherwiseForm
from mailings.proof import Past, history_of, proof_of
from mailings.proof_files import file_name, proof_lines, proof_pdf, proof_picture
from mailings.proof_picture import Picture, picture_of
from mailings.services import MailingActionNotAllowed, tell_otherwise
from municipalities.admin.base import person_of
from municipalities.admin.exports import as_csv
from municipalities.http import pdf_answer
from municipalities.models import Municipality
from partnerships.pdf import PdfNotAvailable, can_make_pdf


class RunProofs(RunPlaces):
    """Part of the page of a sending."""

    def proof_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        reads = {"proof/": "proof", "proof.svg": "proof_svg", "proof.pdf": "proof_pdf", "proof.csv": "proof_csv"}
        return [
            path(f"<int:pk>/{end}", view(require_safe(getattr(self, f"{name}_view"))), name=f"mailings_run_{name}")
            for end, name in reads.items()
        ] + [
            path("<int:pk>/municipalities/<str:code>/told/", view(self.told_view), name="mailings_run_told"),
            path("municipalities/<str:code>/", view(require_safe(self.over_time_view)), name="mailings_run_over_time"),
            path("municipalities/<str:code>/picture.svg", view(require_safe(self.over_time_svg_view)), name="mailings_run_over_time_svg"),
        ]

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        return TemplateResponse(request, template, {**self.admin_site.each_context(request), "opts": self.opts} | context, status=status)

    # --- One sending ----------------------------------------------------------------------------

    def proof_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self.visible_or_404(request, pk)
        proof = proof_of(run)
        context = {"title": _("Proof of information"), "run": run, "proof": proof, "picture": proof_picture(proof)}
        return self._page(request, "admin/mailings/proof.html", context | {"makes_pdf": can_make_pdf()})

    def proof_svg_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The picture alone, for a report or a presentation."""
        run = self.visible_or_404(request, pk)
        return _svg(request, proof_picture(proof_of(run)), run.mailing)

    def proof_pdf_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self.visible_or_404(request, pk)
        try:
            return pdf_answer(file_name(run), proof_pdf(run))
        except PdfNotAvailable:
            messages.info(request, _("This portal cannot make PDF files at the moment. The page below prints as well: use your browser."))
            return redirect("admin:mailings_run_proof", run.pk)

    def proof_csv_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        run = self.visible_or_404(request, pk)
        return as_csv(file_name(run), proof_lines(proof_of(run)))

    # --- What was done about it -----------------------------------------------------------------

    def told_view(self, request: HttpRequest, pk: int, code: str) -> HttpResponse:
        """Write down that the municipality was informed by other means."""
        run, municipality = self.visible_or_404(request, pk), _municipality(code)
        form = ToldOtherwiseForm(request.POST if request.method == "POST" else None, initial={"on": timezone.localdate()})
        if form.is_valid():
            try:
                tell_otherwise(run, municipality, by=person_of(request), **form.cleaned_data)
            except MailingActionNotAllowed as refusal:
                raise PermissionDenied from refusal
            except ValidationError as error:
                for name, sentences in error.message_dict.items():
                    form.add_error(name, sentences)
            else:
                messages.success(request, _("Noted: the municipality was informed."))
                return redirect("admin:mailings_run_proof", run.pk)
        context = {"title": f"{run.mailing} · {municipality}", "run": run, "municipality": municipality, "form": form}
        return self._page(request, "admin/mailings/told.html", context, 422 if form.is_bound else 200)

    # --- Over time ------------------------------------------------------------------------------

    def over_time_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """The last mailings in one municipality."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        municipality = _municipality(code)
        past = history_of(municipality)
        context = {"title": str(municipality), "municipality": municipality, "past": past, "picture": _picture(past)}
        return self._page(request, "admin/mailings/proof_over_time.html", context)

    def over_time_svg_view(self, request: HttpRequest, code: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        municipality = _municipality(code)
        return _svg(request, _picture(history_of(municipality)), municipality)


def _municipality(code: str) -> Municipality:
    return get_object_or_404(Municipality.objects.defer("outline"), code=code)


def _picture(past: list[Past]) -> Picture:
    return picture_of((one.run.mailing.week_label or f"{timezone.localdate(one.run.planned_at):%d/%m/%Y}", one.row) for one in past)


def _svg(request: HttpRequest, picture: Picture, about: object) -> HttpResponse:
    context = {"picture": picture, "about": about, "id": "proof"}
    return render(request, "mailings/proof/picture.svg", context, content_type="image/svg+xml")
