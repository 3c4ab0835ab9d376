"""The proof of information as files: a PDF in both languages and a CSV, in numbers, without anybody's name or address."""

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.models import Run
from mailings.proof import Outcome, Proof, proof_of
from mailings.proof_picture import Picture, picture_of
from municipalities.languages import CONTENT_LANGUAGES, reading_in
from partnerships.pdf import pdf_of


def proof_pdf(run: Run) -> bytes:
    """The whole proof in French and the whole proof in Dutch, of equal rank. Raises PdfNotAvailable."""
    return pdf_of(proof_html(run))


def proof_html(run: Run) -> str:
    """The page of which the PDF is made."""
    versions = []
    for language in CONTENT_LANGUAGES:
        with reading_in(language):
            proof = proof_of(run)
            context = {"proof": proof, "picture": proof_picture(proof), "on": timezone.now(), "language": language}
            versions.append((language, render_to_string("mailings/proof/_document.html", context)))
    return render_to_string("mailings/proof/document.html", {"run": run, "versions": versions})


def proof_picture(proof: Proof) -> Picture:
    return picture_of((str(row.municipality), row) for row in proof.rows)


def proof_lines(proof: Proof) -> list[list[str]]:
    """A line per municipality and group."""
    head = (
        _("municipality"),
        _("group"),
        _("written to"),
        _("reached"),
        _("bounced"),
        _("in doubt"),
        _("skipped"),
        _("details"),
        _("done"),
    )
    lines = [[str(word) for word in head]]
    for row in proof.rows:
        done = "; ".join(f"{one.words} ({one.on:%d/%m/%Y})" for one in row.done)
        for label, cell in row.labelled:
            numbers = (cell.total, cell.arrived, cell.bounced, cell.outcomes[Outcome.IN_DOUBT], cell.outcomes[Outcome.SKIPPED])
            lines.append([str(row.municipality), str(label), *map(str, numbers), "; ".join(cell.words), done])
    return lines


def file_name(run: Run) -> str:
    return f"proof-{run.mailing.week_label or run.pk}"
