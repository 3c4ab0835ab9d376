"""The library of the try-out: what audits ended in, what a municipality gave, a benchmark for all 19. Invented figures, true to life."""

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.files.base import ContentFile

from config.seed.clock import Clock, at_hour
from config.seed.ledger import write_decided
from config.seed.people import Cast
from config.seed.stories import NAMESPACE
from config.seed.stories_ixelles import COCQ_AUDIT, SHOP_MIX_CLOSED
from config.seed.stories_region import JETTE_AUDIT
from municipalities.models import Municipality, User
from partnerships.models import Event, Exchange, LibraryFigure, LibraryFile, LibraryItem, LibraryShare, LibraryVersion, ServiceRequest
from partnerships.models.attachments import first_scan
from partnerships.uploads import Checked, check_content

Kind, Owner, Scope, Licence = LibraryItem.Kind, LibraryItem.Owner, LibraryItem.Scope, LibraryItem.Licence


NO_REQUEST = uuid.UUID(int=0)
SURVEY = "Relevé hub.brussels"


class Figure(NamedTuple):
    what_fr: str
    what_nl: str
    value: str
    unit: str
    period: str
    area: str
    source: str
    indicator: str = ""


class Shelf(NamedTuple):
    """One document: of which request, added so many working days ago, its fields, its files by language, its figures."""

    key: str
    story: uuid.UUID | None
    code: str
    ago: int
    fields: Mapping[str, Any]
    files: Mapping[str, str]
    figures: tuple[Figure, ...] = ()
    shared_with: tuple[str, ...] = ()
    is_agreed: bool = False


SHELVES = (
    Shelf(
        "ixl-toison-footfall", SHOP_MIX_CLOSED.uuid, "IXL", 78,
        {
            "kind": Kind.STUDY, "licence": Licence.QUOTED, "scope": Scope.ALL, "languages": ["fr", "nl"],
            "title_fr": "Fréquentation de l'avenue de la Toison d'Or",
            "title_nl": "Voetgangersstromen op de Gulden-Vlieslaan",
            "summary_fr": "Comptages de piétons sur quatre points et quatre semaines, comparés à l'année précédente et à la rue Neuve. La "
            "semaine recule, le samedi progresse.",
            "summary_nl": "Tellingen van voetgangers op vier punten en gedurende vier weken, vergeleken met het jaar voordien en met de "
            "Nieuwstraat. De weekdagen gaan achteruit, de zaterdag gaat vooruit.",
            "coverage_fr": "Avenue de la Toison d'Or", "coverage_nl": "Gulden-Vlieslaan",
        },
        {"fr": "frequentation-toison-d-or.pdf", "nl": "voetgangers-gulden-vlieslaan.pdf"},
        (
            Figure("Passants par jour ouvrable", "Voorbijgangers per weekdag", "14250", "", "2026-06", "Avenue de la Toison d'Or",
                   "Comptages hub.brussels", "footfall"),
            Figure("Évolution en semaine", "Evolutie in de week", "-6", "%", "2025 → 2026", "Avenue de la Toison d'Or",
                   "Comptages hub.brussels", "footfall"),
            Figure("Évolution le samedi", "Evolutie op zaterdag", "3.5", "%", "2025 → 2026", "Avenue de la Toison d'Or",
                   "Comptages hub.brussels", "footfall"),
        ),
    ),
    Shelf(
        "ixl-ground-floors", COCQ_AUDIT.uuid, "IXL", 14,
        {
            "kind": Kind.DATA_SET, "owner": Owner.MUNICIPALITY, "licence": Licence.INTERNAL, "scope": Scope.OWN, "languages": ["fr"],
            "title_fr": "Relevé des rez-de-chaussée commerciaux, chaussée d'Ixelles",
            "title_nl": "Inventaris van de handelsgelijkvloerse verdiepingen, Elsensesteenweg",
            "summary_fr": "Affectation de chaque rez-de-chaussée entre la Porte de Namur et la place Fernand Cocq, quatre années.",
            "summary_nl": "Bestemming van elke gelijkvloerse verdieping tussen de Naamsepoort en het Fernand Cocqplein, vier jaar.",
            "coverage_fr": "Porte de Namur, place Fernand Cocq", "coverage_nl": "Naamsepoort, Fernand Cocqplein",
        },
        {"data": "rez-de-chaussee.csv"},
        (Figure("Cellules vides", "Leegstaande panden", "9", "", "2025", "Chaussée d'Ixelles", "Relevé communal", "vacancy"),),
    ),
    Shelf(
        "jet-vacancy", JETTE_AUDIT.uuid, "JET", 5,
        {
            "kind": Kind.DATA_SET, "owner": Owner.MUNICIPALITY, "licence": Licence.INTERNAL, "scope": Scope.CHOSEN, "languages": ["nl"],
            "title_fr": "Cellules soumises à la taxe sur les surfaces inoccupées, Jette",
            "title_nl": "Panden onderworpen aan de leegstandsbelasting, Jette",
            "summary_fr": "Liste des adresses, sans noms de propriétaires.",
            "summary_nl": "Lijst van de adressen, zonder namen van eigenaars.",
            "coverage_fr": "Miroir, Belgica", "coverage_nl": "Spiegel, Belgica",
        },
        {"data": "leegstand-jette.csv"}, (), ("GAN", "KOE"), True,
    ),
    Shelf(
        "region-benchmark", None, "", 30,
        {
            "kind": Kind.BENCHMARK, "licence": Licence.CC_BY, "scope": Scope.ALL, "languages": ["fr", "nl"],
            "title_fr": "Vacance commerciale : les quartiers commerçants comparés",
            "title_nl": "Handelsleegstand: de handelswijken vergeleken",
            "summary_fr": "Part des cellules vides dans douze quartiers commerçants, selon la même méthode et la même période.",
            "summary_nl": "Aandeel leegstaande panden in twaalf handelswijken, volgens dezelfde methode en voor dezelfde periode.",
            "coverage_fr": "Région de Bruxelles-Capitale", "coverage_nl": "Brussels Hoofdstedelijk Gewest",
        },
        {"both": "vacance-leegstand.pdf", "data": "vacance-leegstand.csv"},
        (
            Figure("Cellules vides", "Leegstaande panden", "11.2", "%", "2026-01 → 06", "Douze quartiers", SURVEY, "vacancy"),
            Figure("Cellules vides", "Leegstaande panden", "8.4", "%", "2026-01 → 06", "Quartier Bailli", SURVEY, "vacancy"),
            Figure("Cellules vides", "Leegstaande panden", "15.9", "%", "2026-01 → 06", "Rue Wayez", SURVEY, "vacancy"),
        ),
    ),
)  # fmt: skip


def make_library(municipalities: dict[str, Municipality], cast: Cast, clock: Clock) -> None:
    """Put the documents that are missing on their shelves; those that exist stay as people left them."""
    known = set(LibraryItem.objects.values_list("key", flat=True))
    for shelf in SHELVES:
        if uuid.uuid5(NAMESPACE, f"library:{shelf.key}") not in known:
            _put(shelf, municipalities, cast, clock)


def _put(shelf: Shelf, municipalities: dict[str, Municipality], cast: Cast, clock: Clock) -> None:
    request = ServiceRequest.objects.select_related("assignee").filter(key=shelf.story or NO_REQUEST).first()
    by = request.assignee if request and request.assignee else cast.staff["lead"]
    day = clock.working_day(shelf.ago)
    at = at_hour(day, "15:20")
    item = LibraryItem(
        key=uuid.uuid5(NAMESPACE, f"library:{shelf.key}"), request=request, municipality=municipalities.get(shelf.code), year=day.year,
        added_by=by, added_at=at, **shelf.fields,
    )  # fmt: skip
    if shelf.is_agreed:
        item.agreed_by, item.agreed_on = cast.officials[shelf.code]["alderman"], day
    item.full_clean(exclude=["added_by"])
    item.save(force_insert=True)
    LibraryShare.objects.bulk_create(LibraryShare(item=item, municipality=municipalities[code]) for code in shelf.shared_with)
    _keep_files(item, shelf, by, at)
    for figure in shelf.figures:
        row = figure._asdict() | {"value": Decimal(figure.value)}
        LibraryFigure.objects.create(item=item, source_on=day - dt.timedelta(days=20), **row)
    if request:
        _note(item, request, by, at)


def _keep_files(item: LibraryItem, shelf: Shelf, by: User, at: dt.datetime) -> None:
    version = LibraryVersion.objects.create(item=item, number=1, added_by=by, added_at=at)
    for language, name in shelf.files.items():
        checked = _file(name, item)
        kept = LibraryFile(version=version, language=language, name=name, kind=checked.kind, size=checked.size, sha256=checked.sha256)
        kept.scan = first_scan()
        kept.file.save(name, ContentFile(checked.content), save=False)
        kept.save(force_insert=True)


def _note(item: LibraryItem, request: ServiceRequest, by: User, at: dt.datetime) -> None:
    """The exchange and the event of the delivery, told to nobody any more."""
    direction = Exchange.Direction.RECEIVED if item.is_from_municipality else Exchange.Direction.GIVEN
    Exchange.objects.create(
        municipality_id=request.municipality_id, request=request, direction=direction, on=at.date(), item=item, by=by, entered_at=at
    )
    data = {"item": item.pk, "scope": str(item.scope)}
    event = Event(verb=Event.Verb.DOCUMENT_DELIVERED, subject=request, at=at, actor=by, municipality_id=request.municipality_id, data=data)
    write_decided([event])


# --- Files that open ----------------------------------------------------------------------------


def _file(name: str, item: LibraryItem) -> Checked:
    if name.endswith(".csv"):
        return check_content(name, b"adresse;etage;affectation\nexemple 1;0;vide\nexemple 2;0;horeca\nexemple 3;0;service\n")
    title = item.title_nl if name.startswith("voetgangers") else item.title_fr
    return check_content(name, pdf_of_lines([title, "hub.brussels - Local Partnerships", "Exemple / Voorbeeld"]))


def pdf_of_lines(lines: list[str]) -> bytes:
    """A one-page PDF with these lines, small and whole, so that it opens everywhere."""
    shown = [line.encode("cp1252", "replace").replace(b"\\", b"").replace(b"(", b"").replace(b")", b"") for line in lines]
    text = b"BT /F1 16 Tf 60 760 Td 22 TL " + b" ".join(b"(" + line + b") Tj T*" for line in shown) + b" ET"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(content))
        content += b"%d 0 obj%s endobj\n" % (number, part)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    return content + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, start)
