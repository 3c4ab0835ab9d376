"""What the agreements of the try-out hold: themes, working methods, signatories, amendments, and a small document for some."""

import datetime as dt
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile

from config.seed.people import Cast
from mailings.models import Notice
from municipalities.models import Municipality
from municipalities.reference import MUNICIPALITIES
from partnerships.models import Agreement, AgreementAmendment, AgreementSignatory, Event, Theme
from partnerships.services.agreements import check_pdf, choose_themes, keep_document

Side = AgreementSignatory.Side
AGENCY_SIGNATORY = "Noor Castelain-Dervaux"
FIRST_SIGNED_BEFORE_2019 = "AUD"  # stated in an answer of its council; the year given here is illustrative
AMENDED = {"IXL": 2, "JET": 1, "AUD": 1}
WITH_DOCUMENT = ("IXL", "AUD", "JET", "ETB", "KOE")

THEMES = (
    ("local-trade", "Commerce de proximité", "Buurthandel"),
    ("vacancy", "Lutte contre la vacance commerciale", "Strijd tegen handelsleegstand"),
    ("hospitality", "Horeca", "Horeca"),
    ("public-works", "Chantiers et accessibilité", "Werven en bereikbaarheid"),
    ("associations", "Associations de commerçants", "Handelaarsverenigingen"),
    ("circular-economy", "Économie circulaire", "Circulaire economie"),
    ("markets", "Marchés et économie de plein air", "Markten en openluchteconomie"),
)
ADDED_BY_AMENDMENT = "circular-economy"  # by the first of AMENDMENTS; the agreements amended have it since then, and not before
NEW_IN_RENEWAL = {"ETB": "public-works"}  # what the draft adds to what it carries over
METHODS_FR = (
    "Une réunion de suivi par semestre entre le service Commerce et la personne de contact (SPOC).\n"
    "Un échange de données, d'études et de comparaisons, dans les deux sens.\n"
    "Un plan d'action commun lorsque des travaux touchent le commerce."
)
METHODS_NL = (
    "Een opvolgingsvergadering per semester tussen de dienst Handel en de contactpersoon (SPOC).\n"
    "Een uitwisseling van gegevens, studies en vergelijkingen, in beide richtingen.\n"
    "Een gezamenlijk actieplan wanneer werken de handel treffen."
)
FUNCTIONS = (
    (Side.MUNICIPALITY, "Bourgmestre", "Burgemeester"),
    (Side.MUNICIPALITY, "Secrétaire communal(e)", "Gemeentesecretaris"),
    (Side.AGENCY, "Direction générale", "Algemene directie"),
)
AMENDMENTS = (
    (
        dt.date(2025, 6, 12),
        dt.date(2025, 7, 1),
        "Le thème « Économie circulaire » s'ajoute aux thèmes de la convention-cadre.",
        "Het thema 'Circulaire economie' komt bij de thema's van de kaderovereenkomst.",
    ),
    (
        dt.date(2026, 2, 5),
        dt.date(2026, 3, 1),
        "Les parties se voient chaque trimestre au lieu de chaque semestre.",
        "De partijen zien elkaar elk kwartaal in plaats van elk semester.",
    ),
)


def complete_agreements(municipalities: dict[str, Municipality], cast: Cast) -> None:
    """Fill in what is still empty; what people wrote meanwhile stays."""
    themes = {row[0]: _theme(*row) for row in THEMES}
    agreements = Agreement.objects.filter(municipality__in=municipalities.values()).select_related("municipality", "predecessor")
    for agreement in agreements.order_by("reference"):
        code = agreement.municipality.code
        if not agreement.working_methods_fr:
            agreement.working_methods_fr, agreement.working_methods_nl = _methods(agreement)
            _first_signature(agreement)
            agreement.save()
            choose_themes(agreement, [themes[slug] for slug in _theme_slugs(agreement)])
            _signatories(agreement, mayor=str(cast.officials[code]["mayor"]))
        if agreement.reference.startswith("CC-2025-"):
            _amendments(agreement, AMENDED.get(code, 0))
            if code in WITH_DOCUMENT and not agreement.document:
                _document(agreement, cast)
    kept = Event.objects.filter(verb=Event.Verb.AGREEMENT_DOCUMENT_KEPT, notice=None)
    Notice.objects.bulk_create(Notice(event=event) for event in kept)  # nobody is told of what the try-out begins with


def _theme(slug: str, name_fr: str, name_nl: str) -> Theme:
    theme, _made = Theme.objects.get_or_create(slug=slug, defaults={"name_fr": name_fr, "name_nl": name_nl})
    return theme


def _theme_slugs(agreement: Agreement) -> list[str]:
    """Three of a municipality's own, which a renewal carries over; and what amendment or renewal added."""
    code = agreement.municipality.code
    usual = [slug for slug, _fr, _nl in THEMES if slug not in (ADDED_BY_AMENDMENT, NEW_IN_RENEWAL.get(code))]
    rank = [municipality.code for municipality in MUNICIPALITIES].index(code)
    chosen = [usual[(rank + step) % len(usual)] for step in range(3)]
    if AMENDED.get(code) and agreement.reference.startswith("CC-2025-"):
        chosen.append(ADDED_BY_AMENDMENT)
    if agreement.signed_on is None and code in NEW_IN_RENEWAL:
        chosen.append(NEW_IN_RENEWAL[code])
    return chosen


def _methods(agreement: Agreement) -> tuple[str, str]:
    """As the second amendment leaves them where there is one: the parties see each other every quarter."""
    if AMENDED.get(agreement.municipality.code, 0) < 2 or not agreement.reference.startswith("CC-2025-"):
        return METHODS_FR, METHODS_NL
    return METHODS_FR.replace("par semestre", "par trimestre"), METHODS_NL.replace("per semester", "per kwartaal")


def _first_signature(agreement: Agreement) -> None:
    first = agreement.predecessor.predecessor or agreement.predecessor if agreement.predecessor else None
    if agreement.municipality.code == FIRST_SIGNED_BEFORE_2019:
        agreement.first_signed_on, agreement.first_signed_precision = dt.date(2018, 1, 1), Agreement.Precision.YEAR
    elif first is not None:
        agreement.first_signed_on = first.signed_on


def _signatories(agreement: Agreement, *, mayor: str) -> None:
    """Functions alone; the invented names of today's people on the agreements in force since 2025."""
    names = {"Bourgmestre": mayor, "Direction générale": AGENCY_SIGNATORY} if agreement.reference.startswith("CC-2025-") else {}
    for side, function_fr, function_nl in FUNCTIONS:
        AgreementSignatory.objects.get_or_create(
            agreement=agreement, side=side, function_fr=function_fr, function_nl=function_nl, defaults={"name": names.get(function_fr, "")}
        )


def _amendments(agreement: Agreement, count: int) -> None:
    for number, (signed_on, effective_from, changes_fr, changes_nl) in enumerate(AMENDMENTS[:count], start=1):
        fields = {"signed_on": signed_on, "effective_from": effective_from, "changes_fr": changes_fr, "changes_nl": changes_nl}
        AgreementAmendment.objects.get_or_create(agreement=agreement, number=number, defaults=fields)


def _document(agreement: Agreement, cast: Cast) -> None:
    lines = (
        f"{agreement.reference}",
        "Document de démonstration, sans valeur : il tient lieu de la convention-cadre signée.",
        "Demonstratiedocument zonder waarde: het staat voor de ondertekende kaderovereenkomst.",
    )
    upload = SimpleUploadedFile(f"{agreement.reference}.pdf", small_pdf(lines), content_type="application/pdf")
    keep_document(agreement, by=cast.staff["lead"], pdf=check_pdf(upload))


def small_pdf(lines: tuple[str, ...]) -> bytes:
    """One A4 page with these lines, as a whole and valid PDF file (ISO 32000-1, 7.5)."""
    words = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    text = "BT /F1 11 Tf 56 780 Td 18 TL " + " ".join(f"({line}) Tj T*" for line in words) + " ET"
    stream = text.encode("cp1252", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    )
    out, offsets = BytesIO(), []
    out.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out.write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()
