"""The ended requests of earlier months, made from patterns and real street names; as many as a benchmark wants."""

import csv
import random
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple

from config.seed.clock import Clock
from config.seed.people import COLLEGES_SINCE, Cast
from config.seed.stories import Step, StepFile, Story
from config.seed.talk import FIRST_WORDS, MOVED, ON_THE_WAY, QUESTIONS, THANKS, pick
from municipalities.languages import CorrespondenceLanguage
from partnerships.models import Kind
from partnerships.permissions import Action

PER_MUNICIPALITY = 6
OLDEST, NEWEST = 470, 45  # working days ago
OF_FORMER_COLLEGE = 600
DRAFTED_AT = ("13:30", "14:45", "16:10")  # a draft is written in more than one sitting
WITH_FILE = 0.2  # of what was closed, how much came with a file
OUTCOMES = ("closed", "closed", "closed", "declined", "closed", "withdrawn")


class Street(NamedTuple):
    """A shopping street and its neighbourhood, in one language."""

    street: str
    quarter: str


class Pattern(NamedTuple):
    """The words of a request: title, what it is about, how it ended well."""

    title: str
    description: str
    result: str


PATTERNS = {
    (Kind.AUDIT, "fr"): (
        Pattern(
            "Diagnostic du noyau commercial : {quarter}",
            "Nous voulons connaître la vacance, le mix des commerces et l'avis des clients ({street}) pour revoir notre plan.",
            "Le rapport et la présentation au collège sont remis. La vacance et le mix y sont comparés à deux quartiers semblables.",
        ),
        Pattern(
            "Comptage des passants : {street}",
            "Les commerçants demandent des chiffres sur la fréquentation en semaine et le samedi, hors vacances scolaires.",
            "Les comptages de quatre semaines sont remis, avec un fichier de données et une note de lecture.",
        ),
    ),
    (Kind.AUDIT, "nl"): (
        Pattern(
            "Diagnose van de handelskern: {quarter}",
            "Wij willen de leegstand, de mix van winkels en de mening van de klanten kennen ({street}) voor wij ons handelsplan herzien.",
            "Het verslag en de voorstelling aan het college zijn bezorgd. Leegstand en mix zijn vergeleken met twee gelijkaardige wijken.",
        ),
        Pattern(
            "Telling van voorbijgangers: {street}",
            "De handelaars vragen cijfers over het aantal voorbijgangers in de week en op zaterdag, buiten de schoolvakanties.",
            "De tellingen van vier weken zijn bezorgd, met een gegevensbestand en een leeswijzer.",
        ),
    ),
    (Kind.DEVELOPMENT, "fr"): (
        Pattern(
            "Accompagner les commerçants : {street}",
            "Une dizaine de commerçants veulent agir ensemble et demandent une méthode, un calendrier et un premier plan d'action.",
            "Le plan d'action est adopté par les commerçants. Un suivi est prévu après six mois.",
        ),
        Pattern(
            "Recherche de candidats pour des cellules vides : {street}",
            "Plusieurs cellules sont vides et leurs propriétaires acceptent un projet temporaire. Nous cherchons des candidats.",
            "Quatre candidats ont visité les cellules ; deux conventions d'occupation sont signées.",
        ),
    ),
    (Kind.DEVELOPMENT, "nl"): (
        Pattern(
            "Begeleiding van de handelaars: {street}",
            "Een tiental handelaars wil samenwerken en vraagt een methode, een kalender en een eerste actieplan.",
            "De handelaars keurden het actieplan goed. Na zes maanden volgt een opvolging.",
        ),
        Pattern(
            "Zoektocht naar kandidaten voor leegstaande panden: {street}",
            "Verschillende panden staan leeg en de eigenaars aanvaarden een tijdelijk project. Wij zoeken kandidaten.",
            "Vier kandidaten bezochten de panden; twee gebruiksovereenkomsten zijn ondertekend.",
        ),
    ),
    (Kind.WORKS, "fr"): (
        Pattern(
            "Chantier de voirie : {street}",
            "La voirie est rénovée en plusieurs phases. Les commerces restent accessibles à pied, les livraisons sont difficiles.",
            "Le plan d'action a été suivi jusqu'à la fin du chantier. Les zones de livraison provisoires ont tenu.",
        ),
    ),
    (Kind.WORKS, "nl"): (
        Pattern(
            "Wegenwerken: {street}",
            "De weg wordt in verschillende fasen vernieuwd. De winkels blijven te voet bereikbaar, leveren is moeilijk.",
            "Het actieplan werd tot het einde van de werf opgevolgd. De tijdelijke laad- en losplaatsen voldeden.",
        ),
    ),
}
DECLINED = {
    "fr": "Cette demande sort du champ de la convention-cadre ; nous vous avons orientés vers l'administration compétente.",
    "nl": "Deze aanvraag valt buiten de kaderovereenkomst; wij verwezen u door naar de bevoegde administratie.",
}
WITHDRAWN = {"fr": "Le projet est reporté.", "nl": "Het project is uitgesteld."}


@cache
def _streets() -> dict[tuple[str, str], list[Street]]:
    text = resources.files("config.seed").joinpath("data/streets.csv").read_text(encoding="utf-8")
    streets = defaultdict(list)
    for row in csv.DictReader(text.splitlines()):
        for language in ("fr", "nl"):
            streets[row["code"], language].append(Street(row[f"street_{language}"], row[f"quarter_{language}"]))
    return streets


def ended_stories(scale: int, cast: Cast, clock: Clock) -> Iterator[Story]:
    """`scale` times six ended requests per municipality; the same number always tells the same story."""
    for code in sorted(cast.officials):
        for number in range(PER_MUNICIPALITY * scale):
            yield _ended_story(code, number, cast, clock)


def _ended_story(code: str, number: int, cast: Cast, clock: Clock) -> Story:
    chance = random.Random(f"{code}-{number}")  # noqa: S311 - the same story every time, nothing secret
    ago = OF_FORMER_COLLEGE + chance.randint(0, 40) if number == 0 else chance.randint(NEWEST, OLDEST)
    part = _alderman_on(ago, clock)
    language = chance.choice(CorrespondenceLanguage(cast.officials[code][part].correspondence_language).contents)
    kind = chance.choice(Kind.values)
    pattern = chance.choice(PATTERNS[Kind(kind), language])
    place = chance.choice(_streets()[code, language])
    outcome = OUTCOMES[number % len(OUTCOMES)]
    hour = f"{chance.randint(9, 11):02d}:{chance.randint(0, 59):02d}"
    return Story(
        key=f"history-{code}-{number}",
        code=code,
        kind=Kind(kind),
        language=language,
        part=part,
        ago=ago,
        hour=hour,
        title=pattern.title.format_map(place._asdict())[:120],
        description=pattern.description.format_map(place._asdict()),
        area=f"{place.street}, {place.quarter}",
        steps=tuple(_steps(outcome, ago, language, pattern.result, chance, clock)),
    )


def _alderman_on(ago: int, clock: Clock) -> str:
    return "former" if clock.working_day(ago) < COLLEGES_SINCE else "alderman"


def _steps(outcome: str, ago: int, language: str, result: str, chance: random.Random, clock: Clock) -> Iterator[Step]:
    """The way of a request to its end, at an unhurried pace and always with days to spare before today."""
    for hour in DRAFTED_AT[: chance.randint(1, len(DRAFTED_AT))]:
        yield Step(Action.EDIT, _alderman_on(ago, clock), ago, hour)
    yield Step(Action.SUBMIT, _alderman_on(ago - 1, clock), ago - 1, "09:30")
    yield Step(Action.ACKNOWLEDGE, "spoc", ago - 1 - chance.randint(1, 3), "14:00")
    day = ago - 5
    first = pick(FIRST_WORDS, language, chance)
    if outcome == "closed":
        yield Step(Action.START, "spoc", day, "10:00")
    yield Step(Action.MESSAGE, "spoc", day, "10:20", first.agency)
    yield Step(Action.MESSAGE, _alderman_on(day - 1, clock), day - 1, "09:40", first.municipality)
    if outcome == "declined":
        yield Step(Action.DECLINE, "spoc", day - 1, "11:00", DECLINED[language])
    elif outcome == "withdrawn":
        yield Step(Action.WITHDRAW, _alderman_on(day - 1, clock), day - 1, "15:00", WITHDRAWN[language])
    else:
        yield from _work(day, language, result, chance, clock)


def _work(day: int, language: str, result: str, chance: random.Random, clock: Clock) -> Iterator[Step]:
    """From the first talk to the closing: a question, a word on the way, sometimes another date, and often a file with the result."""
    done = day - chance.randint(6, 30)
    if chance.random() < 0.75:
        question = pick(QUESTIONS, language, chance)
        yield Step(Action.ASK, "spoc", day - 1, "10:30", question.agency)
        yield Step(Action.ANSWER, _alderman_on(day - 3, clock), day - 3, "16:00", question.municipality)
    if chance.random() < 0.25:
        yield Step(Action.MOVE_DEADLINE, "spoc", day - 4, "09:15", MOVED[language], until=day - 4 - done)
    word = pick(ON_THE_WAY, language, chance)
    yield Step(Action.MESSAGE, "spoc", day - 4, "11:00", word.agency)
    yield Step(Action.MESSAGE, _alderman_on(day - 5, clock), day - 5, "08:50", word.municipality)
    file = result_file(language, chance.randint(90, 400)) if chance.random() < WITH_FILE else None
    yield Step(Action.COMPLETE, "spoc", done, "15:30", result, file=file)
    if chance.random() < 0.5:
        yield Step(Action.MESSAGE, _alderman_on(done - 1, clock), done - 1, "10:05", chance.choice(THANKS[language]))
    yield Step(Action.CLOSE, _alderman_on(done - 3, clock), done - 3, "09:00")


def result_file(language: str, passers_by: int) -> StepFile:
    """A small table, as counts are handed over."""
    name, head = ("Comptages.csv", "Jour;Passants") if language == "fr" else ("Tellingen.csv", "Dag;Voorbijgangers")
    rows = (f"{number};{passers_by + 37 * number}" for number in range(1, 8))
    return StepFile(name, "\n".join([head, *rows, ""]).encode())
