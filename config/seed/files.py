"""Files of the try-out's requests: a plan, a table, a photograph, a report in two versions; drawn here, so that nothing is borrowed."""

import datetime as dt
import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import openpyxl
from PIL import Image, ImageDraw

from config.seed.agreement_parts import small_pdf
from config.seed.attachments import new_attachment
from config.seed.ledger import write_decided
from config.seed.stories import NAMESPACE
from partnerships.models import Attachment, Event, Message, ServiceRequest
from partnerships.uploads import check_content

LATER = dt.timedelta(hours=1)  # between two versions of a file
FORM = -1  # sent with the form of the request; else the number of the message
FACADES = ((0, "#b5651d"), (1, "#d9c3a0"), (2, "#8c3b2e"), (3, "#c7b299"), (4, "#a89f91"))


@dataclass(frozen=True)
class Sample:
    """A file of a story, and with which message it came; `version` counts from one."""

    story: str
    name: str
    make: Callable[[], bytes]
    message: int = FORM
    version: int = 1


def _shop_fronts(*, sign: str) -> bytes:
    """A row of houses with two empty shops, as a photograph would show it."""
    picture = Image.new("RGB", (1280, 800), "#cfe3f2")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 680, 1280, 800), fill="#7d7f83")
    for place, colour in FACADES:
        left = 20 + place * 250
        draw.rectangle((left, 140 + 25 * (place % 3), left + 235, 690), fill=colour, outline="#4a4a4a", width=4)
        for row in (0, 1):
            for column in (0, 1):
                x, y = left + 35 + column * 100, 200 + row * 130
                draw.rectangle((x, y, x + 65, y + 95), fill="#e9f0f5", outline="#5b5b5b", width=3)
        is_empty = place in {1, 3}
        draw.rectangle((left + 20, 480, left + 215, 680), fill="#3a3d42" if is_empty else "#f4f1e6", outline="#2b2b2b", width=5)
        if is_empty:
            draw.rectangle((left + 45, 540, left + 190, 600), fill="#f2c94c")
            draw.text((left + 62, 556), sign, fill="#222222", font_size=24)
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=85)
    return made.getvalue()


def _table(*rows: tuple[str | int, ...]) -> bytes:
    made, book = io.BytesIO(), openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(made)
    return made.getvalue()


def _report(*lines: str) -> Callable[[], bytes]:
    return lambda: small_pdf(lines)


SAMPLES = (
    Sample("ixl-flagey-draft", "Terrasses place Flagey.jpg", lambda: _shop_fronts(sign="À LOUER")),
    Sample(
        "ixl-cocq-audit",
        "Relevé des cellules 2025.xlsx",
        lambda: _table(("Rue", "Cellules", "Vides"), ("Chaussée d'Ixelles", 148, 21), ("Rue de la Paix", 32, 6)),
    ),
    Sample("ixl-cocq-audit", "Vitrines vides.jpg", lambda: _shop_fronts(sign="À LOUER"), message=0),
    Sample("ixl-toison-closed", "Rapport de fréquentation.pdf", _report("Fréquentation de l'avenue de la Toison d'Or", "Projet"), 0),
    Sample(
        "ixl-toison-closed",
        "Rapport de fréquentation.pdf",
        _report("Fréquentation de l'avenue de la Toison d'Or", "Version présentée au collège"),
        0,
        2,
    ),
    Sample("ixl-baljuw-due-soon", "Fasering voetpaden.pdf", _report("Baljuwstraat", "Heraanleg van de voetpaden in drie fasen")),
    Sample("jet-belgica-audit", "Leegstaande panden.jpg", lambda: _shop_fronts(sign="TE HUUR")),
    Sample("jet-belgica-audit", "Inventaris.csv", lambda: b"Straat;Panden;Leeg\nSpiegelplein;41;5\nBelgicalaan;28;7\n"),
)


def make_files() -> int:
    """Keep the files that are missing with their requests; return how many those were."""
    return sum(_make(sample) for sample in SAMPLES)


def _make(sample: Sample) -> bool:
    key = uuid.uuid5(NAMESPACE, f"file:{sample.story}:{sample.name}:{sample.version}")
    request = ServiceRequest.objects.filter(key=uuid.uuid5(NAMESPACE, f"request:{sample.story}")).first()
    if request is None or Attachment.objects.filter(key=key).exists():
        return False
    messages = Message.objects.filter(request=request).order_by("pk")
    message = None if sample.message == FORM else messages[sample.message : sample.message + 1].first()
    series = uuid.uuid5(NAMESPACE, f"file:{sample.story}:{sample.name}")
    checked = check_content(sample.name, sample.make())
    row = new_attachment(key, request, message, checked, series=series, version=sample.version)
    row.added_at += LATER * (sample.version - 1)
    Attachment.objects.filter(series=series, is_current=True).update(is_current=False)
    row.save(force_insert=True)
    write_decided([_event(row)])
    return True


def _event(row: Attachment) -> Event:
    """As the services tell it: a file of a form changed the draft."""
    verb = Event.Verb.ATTACHMENT_REPLACED if row.version > 1 else Event.Verb.ATTACHMENT_ADDED
    verb = verb if row.message else Event.Verb.REQUEST_EDITED
    data = {"attachment": row.pk}
    return Event(
        verb=verb, subject=row.request, actor=row.added_by, at=row.added_at, municipality_id=row.request.municipality_id, data=data
    )
