"""One weekly draft per ISO week, whoever asks and how often; made on Monday morning in Brussels, in every week of the year."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from mailings import services
from mailings.models import Mailing
from partnerships.models import Event
from tests.factories import MailingFactory, MeasureFactory, UserFactory

pytestmark = pytest.mark.django_db
BRUSSELS = ZoneInfo("Europe/Brussels")


def _at(*moment: int) -> dt.datetime:
    return dt.datetime(*moment, tzinfo=BRUSSELS)


def test_a_draft_proposes_what_was_published_since_the_last_one() -> None:
    last = MailingFactory(sent=True, week=(2026, 47), created_at=_at(2026, 11, 16, 7))
    used = MeasureFactory(published_at=_at(2026, 11, 17))
    last.items.filter(position=1).update(measure=used)
    MeasureFactory(published_at=_at(2026, 11, 15))
    MeasureFactory(unpublished=True)
    replaced = MeasureFactory(published_at=_at(2026, 11, 18), superseded_by=used)
    fresh = MeasureFactory(published_at=_at(2026, 11, 19))
    draft = services.draft_weekly(year=2026, week=48)
    assert [item.measure for item in draft.items.all()] == [fresh]
    item = draft.items.get()
    assert (item.title_fr, item.body_nl, item.source_url) == (fresh.title_fr, fresh.summary_nl, fresh.source_url)
    assert replaced not in {item.measure for item in draft.items.all()}


def test_the_first_draft_of_all_looks_a_week_back() -> None:
    recent = MeasureFactory(published_at=_at(2026, 11, 17))
    MeasureFactory(published_at=_at(2026, 11, 10))
    assert [item.measure for item in services.draft_weekly(year=2026, week=48).items.all()] == [recent]


def test_a_new_draft_has_its_words_in_both_languages() -> None:
    draft = services.draft_weekly(year=2026, week=48)
    assert draft.missing_texts() == []
    assert "48" in draft.subject_fr
    assert "48" in draft.subject_nl
    assert Event.objects.about(draft).get().actor is None


def test_asking_again_returns_the_same_mailing_and_writes_nothing() -> None:
    editor = UserFactory(editor=True)
    first = services.draft_weekly(year=2026, week=48, by=editor)
    assert services.draft_weekly(year=2026, week=48) == first
    assert Event.objects.about(first).count() == 1
    assert Event.objects.about(first).get().actor == editor


@pytest.mark.parametrize(("year", "week"), [(2026, 54), (2026, 0), (2025, 53)])
def test_a_week_the_year_does_not_have_is_refused(year: int, week: int) -> None:
    with pytest.raises(ValueError, match="week"):
        services.draft_weekly(year=year, week=week)


def test_only_editors_draft() -> None:
    for stranger in (UserFactory(spoc=True), UserFactory(cabinet=True), UserFactory(editor=True, is_active=False)):
        with pytest.raises(services.MailingActionNotAllowed):
            services.draft_weekly(year=2026, week=48, by=stranger)
        with pytest.raises(services.MailingActionNotAllowed):
            services.draft_urgent(by=stranger)
    assert not Mailing.objects.exists()


def test_an_urgent_mailing_has_no_week_and_there_may_be_many() -> None:
    editor = UserFactory(editor=True)
    assert services.draft_urgent(by=editor).week_label == services.draft_urgent(by=editor).week_label == ""


@pytest.mark.parametrize(
    ("moment", "week"),
    [
        pytest.param(_at(2026, 11, 23, 6, 59), None, id="monday-too-early"),
        pytest.param(_at(2026, 11, 23, 7, 0), (2026, 48), id="monday-seven"),
        pytest.param(_at(2026, 11, 26, 15, 0), (2026, 48), id="missed-until-thursday"),
        pytest.param(_at(2026, 11, 29, 23, 59), (2026, 48), id="sunday-night"),
        pytest.param(_at(2026, 12, 28, 7, 0), (2026, 53), id="week-53"),
        pytest.param(_at(2027, 1, 1, 9, 0), (2026, 53), id="new-year-is-still-week-53"),
        pytest.param(_at(2027, 1, 4, 7, 0), (2027, 1), id="first-week-of-2027"),
        pytest.param(_at(2026, 3, 29, 2, 30), (2026, 13), id="hour-that-does-not-exist"),
        pytest.param(_at(2026, 3, 30, 7, 0), (2026, 14), id="monday-after-spring-change"),
        pytest.param(_at(2026, 3, 30, 6, 59), None, id="one-minute-before-after-spring-change"),
        pytest.param(_at(2026, 10, 25, 2, 30), (2026, 43), id="hour-that-comes-twice"),
        pytest.param(_at(2026, 10, 26, 7, 0), (2026, 44), id="monday-after-autumn-change"),
        pytest.param(_at(2026, 10, 26, 6, 59), None, id="one-minute-before-after-autumn-change"),
    ],
)
def test_the_calendar_makes_the_draft_of_the_week(moment: dt.datetime, week: tuple[int, int] | None) -> None:
    made = services.draft_this_week(moment.astimezone(dt.UTC))
    assert (made and (made.iso_year, made.iso_week)) == week
    assert services.draft_this_week(moment.astimezone(dt.UTC)) is None
    assert Mailing.objects.count() == (week is not None)


@pytest.mark.django_db(transaction=True)
def test_five_who_ask_at_once_get_one_draft() -> None:
    MeasureFactory(published_at=timezone.now())
    monday = dt.date.fromisocalendar(2026, 48, 1)

    def ask(_number: int) -> int:
        try:
            return services.draft_weekly(year=monday.year, week=48).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        keys = set(pool.map(ask, range(5)))
    assert len(keys) == 1
    assert Event.objects.filter(verb=Event.Verb.MAILING_DRAFTED).count() == 1
