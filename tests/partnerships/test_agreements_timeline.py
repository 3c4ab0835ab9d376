"""The picture of the agreements through the years: no word lies on a word, on a line or beside the paper, whatever the days."""

import datetime as dt
import itertools

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import translation

from municipalities.models import Municipality
from partnerships.models import Agreement
from partnerships.timelines import BAR, Timeline, timeline_of
from tests.factories import AgreementFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 25)
LETTER, HEIGHT = 7.3, 11  # of 13 px type in the widest letters browsers take for `system-ui`
PERIODS = {
    "one agreement without end": [("2025-01-01", None)],
    "three in a row": [("2019-10-16", "2025-01-01"), ("2025-01-01", "2027-01-10"), ("2027-01-10", "2034-01-01")],
    "two short ones at the end": [("2018-01-01", "2026-11-25"), ("2026-11-25", "2026-12-01"), ("2027-01-01", None)],
    "all long ago": [("2009-05-01", "2012-05-01"), ("2012-05-01", "2012-06-01")],
    "all to come": [("2029-12-30", "2030-01-02"), ("2030-01-02", "2031-01-01")],
}
Box = tuple[float, float, float, float]  # left, top, right, bottom


@pytest.fixture
def municipality() -> Municipality:
    return MunicipalityFactory()


def _picture(municipality: Municipality, periods: list[tuple[str, str | None]]) -> Timeline:
    for first, beyond in periods:
        start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(beyond) if beyond else None
        AgreementFactory(municipality=municipality, period=DateRange(start, end), signed_on=start, reference=f"CC-{first}-21009")
    rows = Agreement.objects.filter(municipality=municipality).select_related("successor").prefetch_related("amendments")
    timeline = timeline_of(municipality, rows, TODAY, str)
    assert timeline
    return timeline


def _words_of(timeline: Timeline) -> list[Box]:
    words = [(float(x), y, text) for bar in timeline.bars for x, y, text in bar.labels]
    words += [(float(year.x) - LETTER * len(year.words) / 2, 14, year.words) for year in timeline.years]
    if timeline.today:
        words.append((float(timeline.today.word_x), timeline.foot, timeline.today.words))
    return [(x, y - HEIGHT, x + LETTER * len(text), y + 3) for x, y, text in words]


def _drawn_of(timeline: Timeline) -> list[Box]:
    bars = [(float(bar.x), bar.y, float(bar.x) + float(bar.width), bar.y + BAR) for bar in timeline.bars]
    days = [*timeline.years, *([timeline.today] if timeline.today else [])]
    return bars + [(float(day.x), bar.above, float(day.x), bar.below) for day in days for bar in timeline.bars]


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
@pytest.mark.parametrize("paper", ["wide", "narrow"])
@pytest.mark.parametrize("name", PERIODS)
def test_no_word_lies_on_anything_and_all_stand_on_the_paper(municipality: Municipality, name: str, paper: str, language: str) -> None:
    with translation.override(language):
        wide = _picture(municipality, PERIODS[name])
        timeline = wide if paper == "wide" else wide.narrow
        assert timeline
        words, drawn = _words_of(timeline), _drawn_of(timeline)
    assert not [(one, other) for one, other in itertools.combinations(words, 2) if _touch(one, other)]
    assert not [(one, other) for one in words for other in drawn if _touch(one, other)]
    for left, top, right, bottom in words + drawn:
        assert left >= 0
        assert top >= 0
        assert right <= timeline.width
        assert bottom <= timeline.height


def test_today_stands_between_the_days_it_lies_between(municipality: Municipality) -> None:
    timeline = _picture(municipality, PERIODS["three in a row"])
    assert timeline.today
    past, present, to_come = timeline.bars
    assert float(present.x) < float(timeline.today.x) < float(to_come.x)
    assert float(past.x) + float(past.width) == pytest.approx(float(present.x), abs=0.2)
