"""The part of a mailing that is one person's own: how they are greeted, their open requests, their contact (SPOC)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse

from mailings.rendering.mails import render_text, wrap_text
from municipalities.languages import reading_in
from municipalities.models import Mandate
from partnerships.models import ServiceRequest, SpocAssignment, ThemeFollow
from partnerships.theme_news import ThemeNews, theme_news_on

MOST_REQUESTS = 5
MOST_NEWS = 5
GREETED_AS = (Mandate.Role.MAYOR, Mandate.Role.ALDERMAN)
STAFF = "staff"


@dataclass(frozen=True)
class RequestLine:
    """An open request, and whose turn it is."""

    reference: str
    title: str
    language: str
    is_turn_of_municipality: bool
    url: str


@dataclass(frozen=True)
class Personal:
    """What only this person reads."""

    role: str = ""
    requests: Sequence[RequestLine] = ()
    more_requests: int = 0
    spocs: Sequence[SpocAssignment] = field(default=())
    requests_url: str = ""
    is_sample: bool = False
    theme_news: Sequence[ThemeNews] = ()
    portal: str = settings.BASE_URL


class Person(Protocol):
    """What a greeting depends on."""

    @property
    def is_staff(self) -> bool: ...

    @property
    def form_of_address(self) -> str: ...


class Held(Protocol):
    """What a personal part depends on of a mandate in force."""

    @property
    def role(self) -> str: ...

    @property
    def municipality_id(self) -> int: ...


def role_of(user: Person, mandates: Iterable[Held]) -> str:
    """How a person is addressed: as mayor, as alderman, by first name among colleagues, else without a title.

    Where they have said how (`mayor madame`), the form follows the office.
    """
    if user.is_staff:
        return STAFF
    held = {mandate.role for mandate in mandates}
    office = next((role.value for role in GREETED_AS if role in held), "")
    return f"{office} {user.form_of_address}".strip()


@dataclass(frozen=True)
class Places:
    """What the personal parts of a day are made of, per municipality."""

    requests: dict[int, list[RequestLine]]
    spocs: dict[int, list[SpocAssignment]]
    news: Sequence[ThemeNews] = ()


def places_on(places: set[int], on: dt.date) -> Places:
    """Open requests and contacts of these municipalities on one day, in a fixed number of queries."""
    return Places(_requests_of(places), _spocs_of(places, on), theme_news_on(on))


def personal_parts(people: Iterable[int], on: dt.date) -> dict[int, Personal]:
    """The personal parts of many people on one day, in a fixed number of queries."""
    mandates: dict[int, list[Mandate]] = defaultdict(list)
    for mandate in Mandate.objects.in_force(on).filter(user__in=list(people)).select_related("user").order_by("pk"):
        mandates[mandate.user_id].append(mandate)
    places = places_on({mandate.municipality_id for held in mandates.values() for mandate in held}, on)
    followed = themes_followed(mandates)
    return {person: personal_of(held[0].user, held, places, followed.get(person, ())) for person, held in mandates.items()}


def themes_followed(people: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """The themes that each of these people follows."""
    found: dict[int, tuple[int, ...]] = defaultdict(tuple)
    for person, theme in ThemeFollow.objects.filter(person__in=list(people)).order_by("theme").values_list("person", "theme"):
        found[person] += (theme,)
    return found


def personal_of(user: Person, mandates: Sequence[Held], known: Places, themes: Iterable[int] = ()) -> Personal:
    """The personal part of one person, by the mandates they hold that day and the themes they follow."""
    places = list(dict.fromkeys(mandate.municipality_id for mandate in mandates))
    mine = [line for place in places for line in known.requests[place]]
    mine.sort(key=lambda line: (not line.is_turn_of_municipality, line.reference))
    return Personal(
        role=role_of(user, mandates),
        requests=mine[:MOST_REQUESTS],
        more_requests=max(0, len(mine) - MOST_REQUESTS),
        spocs=[spoc for place in places for spoc in known.spocs[place]],
        requests_url=settings.BASE_URL + reverse("requests"),
        theme_news=[news for news in known.news if news.themes & set(themes)][:MOST_NEWS],
    )


def _requests_of(places: set[int]) -> dict[int, list[RequestLine]]:
    lines: dict[int, list[RequestLine]] = defaultdict(list)
    rows = ServiceRequest.objects.open().filter(municipality__in=places).order_by("pk")
    for request in rows.only("key", "municipality_id", "reference", "title", "language", "state", "direction"):
        url = settings.BASE_URL + reverse("request", args=[request.key])
        lines[request.municipality_id].append(
            RequestLine(request.reference or "", request.title, request.language, request.is_turn_of_municipality, url)
        )
    return lines


def _spocs_of(places: set[int], on: dt.date) -> dict[int, list[SpocAssignment]]:
    """Who stands in front of each municipality that day; behind a deputy, the SPOC who is away and until when."""
    found: dict[int, list[SpocAssignment]] = defaultdict(list)
    for assignment in SpocAssignment.objects.for_municipalities(places, on):
        before = found[assignment.municipality_id]
        if not before or (assignment.is_primary and assignment.absent_until):
            before.append(assignment)
    return found


def render_personal(personal: Personal, languages: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The personal pieces by their place in the mail (`greeting_fr`, `box_fr`, …), for HTML and for text."""
    html: dict[str, str] = {}
    text: dict[str, str] = {}
    values = {"personal": personal}
    for language in languages:
        with reading_in(language):
            html[f"greeting_{language}"] = get_template("email/mailing/_greeting.html").render(values)
            html[f"box_{language}"] = get_template("email/mailing/_personal.html").render(values)
            text[f"greeting_{language}"] = render_text("email/mailing/_greeting.txt", values).strip()
            text[f"box_{language}"] = wrap_text(render_text("email/mailing/_personal.txt", values)).strip()
    return html, text
