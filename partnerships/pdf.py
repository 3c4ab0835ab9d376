"""PDF from a page, by WeasyPrint where the system has Pango; elsewhere the reader prints the page."""

import importlib
from typing import Any

from django.conf import settings

STYLE = settings.BASE_DIR / "static" / "summary.css"


class PdfNotAvailable(Exception):
    """WeasyPrint, or the Pango it draws with, is not on this machine."""


def _weasyprint() -> Any:
    """Asked at the first use: the portal starts and works without it."""
    try:
        return importlib.import_module("weasyprint")
    except (ImportError, OSError) as error:  # OSError: the library is there, Pango is not
        raise PdfNotAvailable from error


def can_make_pdf() -> bool:
    """Whether this machine makes PDF files, so that no page offers what cannot be had."""
    try:
        _weasyprint()
    except PdfNotAvailable:
        return False
    return True


def _nothing_from_outside(url: str, *_args: Any, **_kwargs: Any) -> dict[str, Any]:
    """A document is made of its own words alone: nothing is fetched, from the network or from files."""
    raise ValueError(url)


def pdf_of(html: str) -> bytes:
    """A tagged PDF (PDF/UA-1) of a complete HTML page. Raises PdfNotAvailable."""
    weasyprint = _weasyprint()
    document = weasyprint.HTML(string=html, url_fetcher=_nothing_from_outside)
    style = weasyprint.CSS(string=STYLE.read_text(encoding="utf-8"), url_fetcher=_nothing_from_outside)
    content: bytes = document.write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1")
    return content
