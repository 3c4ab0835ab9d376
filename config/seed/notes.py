"""What the team writes about requests for itself, whom it mentions, and who has looked at a request last."""

import uuid
from typing import NamedTuple

from config.seed.clock import Clock
from config.seed.ledger import write_decided
from config.seed.people import Cast
from config.seed.stories import MUNICIPAL_PARTS, NAMESPACE, Story
from config.seed.stories_agency import PERMITS_ASKED, REOPENED, VACANCY_ANSWERED
from config.seed.stories_ixelles import CHATELAIN_ASSOCIATION, COCQ_AUDIT
from municipalities.models import User
from partnerships.models import Event, Mention, Message, Note, ServiceRequest, Sighting

SPOC = "spoc"  # whoever the request is assigned to


class Line(NamedTuple):
    """A note: about which request, by whom, how many working days ago, its words, and who is mentioned beside it."""

    story: Story
    part: str
    ago: int
    hour: str
    words: str
    mentioned: str = ""


NOTES = (
    Line(COCQ_AUDIT, SPOC, 15, "11:20", "Les loyers demandés viennent de deux agences seulement : à croiser avant de les montrer.", "lead"),
    Line(COCQ_AUDIT, "lead", 14, "09:05", "D'accord. Prends aussi les chiffres de l'étude régionale, même s'ils ont deux ans."),
    Line(
        REOPENED, SPOC, 2, "10:10",
        "Rouverte parce que les tarifs changent : le premier calcul était juste. À dire au collège si la question vient.",
        "lead",
    ),
)  # fmt: skip

# Who looked last, how many working days ago and when.
LOOKS = (
    (COCQ_AUDIT, "alderman", 2, "08:50"),
    (COCQ_AUDIT, "officer", 1, "14:15"),
    (COCQ_AUDIT, SPOC, 1, "16:40"),
    (COCQ_AUDIT, "lead", 14, "09:00"),
    (CHATELAIN_ASSOCIATION, "alderman", 3, "17:10"),
    (CHATELAIN_ASSOCIATION, SPOC, 2, "09:30"),
    (PERMITS_ASKED, SPOC, 1, "10:56"),
    (VACANCY_ANSWERED, "alderman", 11, "09:45"),
    (VACANCY_ANSWERED, SPOC, 10, "11:30"),
    (REOPENED, "alderman", 1, "13:20"),
    (REOPENED, SPOC, 2, "14:51"),
)


def make_notes(cast: Cast, clock: Clock) -> None:
    """Write the notes that are missing, and the looks of whoever has not looked since; a note of a person stays untouched."""
    keys = {line.story.uuid for line in NOTES} | {look[0].uuid for look in LOOKS}
    told = {request.key: request for request in ServiceRequest.objects.filter(key__in=keys).select_related("assignee")}
    for line in NOTES:
        _write(line, told[line.story.uuid], cast, clock)
    looks = [
        Sighting(
            request=told[story.uuid],
            person=_person(part, told[story.uuid], cast, story),
            side=Message.Side.MUNICIPALITY if part in MUNICIPAL_PARTS else Message.Side.AGENCY,
            at=clock.ago(ago, hour),
        )
        for story, part, ago, hour in LOOKS
    ]
    Sighting.objects.bulk_create(looks, ignore_conflicts=True)


def _person(part: str, request: ServiceRequest, cast: Cast, story: Story) -> User:
    if part in MUNICIPAL_PARTS:
        return cast.officials[story.code][part]
    return request.assignee or cast.staff["lead"] if part == SPOC else cast.staff[part]


def _write(line: Line, request: ServiceRequest, cast: Cast, clock: Clock) -> None:
    token = uuid.uuid5(NAMESPACE, f"note:{line.story.key}:{line.part}:{line.hour}")
    if Note.objects.filter(token=token).exists():
        return
    at, author = clock.ago(line.ago, line.hour), _person(line.part, request, cast, line.story)
    note = Note.objects.create(request=request, token=token, author=author, body=line.words, written_at=at)
    verbs = [Event.Verb.NOTE_WRITTEN]
    if line.mentioned:
        Mention.objects.create(note=note, person=cast.staff[line.mentioned])
        verbs.append(Event.Verb.COLLEAGUE_MENTIONED)
    write_decided([Event(verb=verb, subject=note, actor=author, municipality_id=request.municipality_id, at=at, data={}) for verb in verbs])
