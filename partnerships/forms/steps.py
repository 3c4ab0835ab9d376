"""The steps of a request's form, per kind, in the order in which a person thinks; each is saved by itself, as a draft."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.models import User
from partnerships.forms import audit_parts, development_parts, works_parts
from partnerships.forms.data_request_parts import DataAskedPart, DataUsePart
from partnerships.forms.file_parts import FilesPart
from partnerships.forms.parts import Anchor, Part
from partnerships.forms.request_parts import (
    AboutPart,
    HandlingPart,
    OutsideContactsPart,
    PartnersContactedPart,
    PeoplePart,
    PlacePart,
    WhenPart,
)
from partnerships.forms.rows import RowsPart
from partnerships.forms.works_rows import SiteRows
from partnerships.models import Kind, ServiceRequest
from partnerships.rendering import Fact
from partnerships.services.needed import missing_to_submit

CHECK, LATER = "check", "later"


@dataclass(frozen=True)
class Step:
    """One page of the form. `parts` are classes of Part, shown one below the other."""

    key: str
    label: Any
    intro: Any
    parts: tuple[Any, ...]

    def names(self) -> frozenset[str]:
        """The fields this step answers for."""
        return frozenset().union(*(part.names() for part in self.parts))


ABOUT = Step("about", _("The request"), _("In your own words: what is it about?"), (AboutPart,))
PLACE = Step("place", pgettext_lazy("step", "Where"), _("Which part of the municipality is it about?"), (PlacePart,))
PEOPLE = Step(
    "people",
    _("Who is concerned"),
    _("Whom may the agency call, and who should know?"),
    (PeoplePart, OutsideContactsPart, PartnersContactedPart),
)
FILES = Step("files", _("Files"), _("Plans, figures, a decision: whatever helps to understand the request."), (FilesPart,))
WHEN = Step("when", pgettext_lazy("step", "When"), _("By when, does it press, and who may know of it?"), (WhenPart, HandlingPart))
AUDIT = (
    ABOUT,
    Step("place", pgettext_lazy("step", "Where"), _("Which part of the municipality is it about?"), (audit_parts.AreaPart, PlacePart)),
    Step(
        "question",
        _("What the audit should answer"),
        _("What will be decided, and what must be known for it?"),
        (audit_parts.DecisionPart, audit_parts.QuestionsPart, audit_parts.DataPart),
    ),
    Step(
        "offer",
        _("What the municipality can give"),
        _("Data and studies that exist already spare time."),
        (audit_parts.OffersPart, audit_parts.NoDataPart),
    ),
    Step("result", _("The result"), _("In which form, for whom, and by when?"), (audit_parts.ResultPart, audit_parts.TermsPart)),
    PEOPLE,
    FILES,
    WHEN,
)
DEVELOPMENT = (
    ABOUT,
    PLACE,
    Step(
        "situation",
        _("The situation"),
        _("What is wrong, since when, and what was tried?"),
        (development_parts.SituationPart, development_parts.FiguresPart, development_parts.TriedPart),
    ),
    Step(
        "project",
        _("The project"),
        _("What should come of it, and with whom?"),
        (development_parts.ProjectPart, development_parts.AssociationPart),
    ),
    Step(
        "means",
        _("Means and partners"),
        _("What is there already to work with?"),
        (development_parts.MeansPart, development_parts.PartnersPart, development_parts.SubsidiesPart),
    ),
    Step(
        "aims",
        _("Support and success"),
        _("What do you expect of the agency, and by what will one see that it worked?"),
        (development_parts.SupportPart, development_parts.AimsPart, development_parts.CoursePart),
    ),
    PEOPLE,
    FILES,
    WHEN,
)
WORKS = (
    ABOUT,
    Step("site", _("The works"), _("Which works, whose, and in which streets?"), (works_parts.SitePart, works_parts.StreetsPart)),
    Step("phases", _("Phases"), _("What happens when, and what does it do to traffic?"), (works_parts.PhasesPart,)),
    Step("impact", _("The shops"), _("Whom do the works hit, and when most?"), (works_parts.ShopsPart, works_parts.ImpactPart)),
    Step(
        "support",
        _("Support"),
        _("What do traders know already, and what can the agency do?"),
        (works_parts.SupportPart, works_parts.ContactsPart),
    ),
    PEOPLE,
    FILES,
    WHEN,
)
STEPS: dict[str, tuple[Step, ...]] = {Kind.AUDIT: AUDIT, Kind.DEVELOPMENT: DEVELOPMENT, Kind.WORKS: WORKS}


DATA_REQUEST = Step(
    "data", _("What the agency asks"), _("Data or a study the municipality has, and what they are for."), (DataAskedPart, DataUsePart)
)


def steps_of(request: ServiceRequest) -> tuple[Step, ...]:
    """The steps of the form of its kind; a request of the agency has one page."""
    return (DATA_REQUEST,) if request.is_from_agency else STEPS[request.kind]


def step_of(kind: str, key: str) -> Step | None:
    """The step of that kind under that key; None where there is none."""
    return next((step for step in STEPS.get(kind, ()) if step.key == key), None)


@dataclass(frozen=True)
class Difference:
    """A field that two people filled in differently."""

    label: str
    theirs: str
    yours: str


class StepForm:
    """One step of the form of one request, with all its parts."""

    def __init__(
        self,
        request: ServiceRequest,
        step: Step,
        data: QueryDict | None = None,
        files: MultiValueDict | None = None,
        user: User | None = None,
    ) -> None:
        self.request, self.step, self.user = request, step, user
        self.token = _uuid_or_new(data.get("token")) if data is not None else uuid.uuid4()
        self.revision = _number(data.get("revision")) if data is not None else request.revision
        self.parts: list[Part] = [part(request, data, files, user) for part in step.parts]

    def is_valid(self) -> bool:
        return all([part.is_valid() for part in self.parts])  # noqa: C419 - every part tells its errors

    @property
    def errors(self) -> list[tuple[Anchor, Any]]:
        """Every error with its field, in the order of the page."""
        return [pair for part in self.parts for pair in part.errors_with_fields]

    def grow(self, name: str) -> None:
        """Show one blank row more in the list of that name."""
        for part in self.parts:
            if isinstance(part, RowsPart | SiteRows) and part.name == name:
                part.grow()

    def mark(self, missing: dict[str, Any]) -> None:
        """Say beside the fields of this step what a submission still needs."""
        for part in self.parts:
            part.mark(missing)

    def differences(self, saved: ServiceRequest) -> list[Difference]:
        """Where what stands in the database is not what was typed here."""
        theirs = [fact for part in StepForm(saved, self.step, user=self.user).parts for fact in part.shown()]
        yours = {fact.name: fact for part in self.parts for fact in part.shown()}
        pairs = [(fact, yours[fact.name]) for fact in theirs if fact.name in yours]
        return [Difference(fact.label, fact.value, mine.value) for fact, mine in pairs if fact.value != mine.value]


@dataclass(frozen=True)
class Progress:
    """A step as the list of steps shows it: how many points it lacks, and whether anybody wrote in it yet."""

    step: Step
    number: int
    is_current: bool
    is_touched: bool
    missing: int


def progress_of(request: ServiceRequest, current: str, missing: dict[str, Any]) -> list[Progress]:
    """All steps of the request's form, in order."""
    return [
        Progress(step, number, step.key == current, step.key in request.step_revisions, len(step.names() & missing.keys()))
        for number, step in enumerate(STEPS[request.kind], start=1)
    ]


def neighbours(kind: str, key: str) -> tuple[str, str]:
    """The steps before and after; nothing before the first, and the check of all answers after the last."""
    keys = ["", *(step.key for step in STEPS[kind]), CHECK]
    place = keys.index(key, 1)
    return keys[place - 1], keys[place + 1]


@dataclass(frozen=True)
class Section:
    """What was answered in a step, and what it still lacks, with the fields' own words for it."""

    step: Step
    facts: list[Fact]
    missing: list[tuple[str, Any, Any]]  # name of the field, its label, what is said of it


def sections_of(request: ServiceRequest, missing: dict[str, Any] | None = None) -> list[Section]:
    """A request as people read it, step by step; what was left empty is left out."""
    return [_section(request, step, missing or {}) for step in steps_of(request)]


def _section(request: ServiceRequest, step: Step, missing: dict[str, Any]) -> Section:
    facts = [fact for part in StepForm(request, step).parts for fact in part.shown()]
    lacks = [(fact.name, fact.label, missing[fact.name]) for fact in facts if fact.name in missing]
    return Section(step, [fact for fact in facts if fact.value], lacks)


def first_step_to_do(request: ServiceRequest) -> str:
    """The first step that still lacks something; the check of all answers where none does."""
    missing = missing_to_submit(request).keys()
    return next((step.key for step in STEPS[request.kind] if step.names() & missing), CHECK)


def _uuid_or_new(text: Any) -> uuid.UUID:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return uuid.uuid4()


def _number(text: Any) -> int:
    return int(text) if str(text).isascii() and str(text).isdigit() and len(str(text)) < 9 else 0
