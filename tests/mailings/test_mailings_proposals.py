"""What a weekly draft proposes: each piece of news once and never again by itself; taken out, it can be fetched back."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailings import services
from mailings.models import Mailing, Measure, Proposal
from mailings.tasks import calendar
from municipalities.models import User
from partnerships.models import Event
from partnerships.news import NewsItem, Section
from tests.admin.conftest import passed_second_factor
from tests.factories import MailingFactory, MailingItemFactory, MeasureFactory, UserFactory

pytestmark = pytest.mark.django_db
BRUSSELS = ZoneInfo("Europe/Brussels")
ANSWERED_AT = dt.datetime(2026, 11, 20, 9, tzinfo=BRUSSELS)


def _at(*moment: int) -> dt.datetime:
    return dt.datetime(*moment, tzinfo=BRUSSELS)


def one_answer(since: dt.datetime, until: dt.datetime) -> Iterator[NewsItem]:
    """A second noun that offers its news, twice by mistake."""
    if since < ANSWERED_AT <= until:
        for _twice in range(2):
            texts = ("Terrasses : qui autorise ?", "Terrassen: wie vergunt?", "La commune.", "De gemeente.")
            yield NewsItem("answer", "7", Section.ANSWERS, *texts, "", ANSWERED_AT.date(), "/questions/7/")


@pytest.fixture
def two_providers(settings: Any) -> None:
    settings.CONTENT_PROVIDERS = (f"{__name__}.one_answer", "mailings.news.published_measures")


def _values(mailing: Mailing) -> set[str]:
    return {offer.value for offer in services.offers_for(mailing, timezone.now())}


# --- What is proposed ---------------------------------------------------------------------------


@pytest.mark.usefixtures("two_providers")
def test_every_noun_offers_its_news_and_each_piece_comes_once_in_the_order_of_the_sections() -> None:
    with time_machine.travel(_at(2026, 11, 23, 7), tick=False):
        measure = MeasureFactory(published_at=_at(2026, 11, 19))
        draft = services.draft_weekly(year=2026, week=48)
    kinds = [(item.section, item.news_kind, item.news_key) for item in draft.items.all()]
    assert kinds == [("measures", "measure", str(measure.key)), ("answers", "answer", "7")]
    assert draft.items.last().path == "/questions/7/"
    assert Proposal.objects.filter(mailing=draft).count() == 2


@pytest.mark.usefixtures("two_providers")
def test_what_was_taken_out_is_not_proposed_again_by_itself_and_can_be_fetched_back() -> None:
    editor = UserFactory(editor=True)
    with time_machine.travel(_at(2026, 11, 23, 7)):
        draft = services.draft_weekly(year=2026, week=48)
        services.edit_mailing(draft, by=editor, revision=1, fields={}, items=[])
        [offer] = services.offers_for(draft, timezone.now())
        assert (offer.value, offer.was_taken_out, offer.is_new) == ("answer:7", True, False)
    with time_machine.travel(_at(2026, 11, 30, 7)):
        later = services.draft_weekly(year=2026, week=49)
        assert not later.items.exists()
        [item] = services.fetch_offers(later, ["answer:7", "answer:8"], timezone.now(), position=1)
        assert (item.title_nl, item.section) == ("Terrassen: wie vergunt?", "answers")


def test_what_became_visible_just_after_the_last_draft_is_not_lost() -> None:
    MailingFactory(sent=True, week=(2026, 47), created_at=_at(2026, 11, 16, 7))
    late = MeasureFactory(published_at=_at(2026, 11, 16, 6, 59))
    assert [item.measure for item in services.draft_weekly(year=2026, week=48).items.all()] == [late]


def test_what_came_in_after_the_draft_is_offered_and_proposed_the_week_after() -> None:
    with time_machine.travel(_at(2026, 11, 23, 7)) as clock:
        draft = services.draft_weekly(year=2026, week=48)
        clock.move_to(_at(2026, 11, 24, 9))
        measure = MeasureFactory(published_at=timezone.now())
        [offer] = services.offers_for(draft, timezone.now())
        assert offer.is_new
        clock.move_to(_at(2026, 11, 30, 7))
        assert [item.measure for item in services.draft_weekly(year=2026, week=49).items.all()] == [measure]


def test_measure_that_was_withdrawn_or_replaced_is_offered_nowhere() -> None:
    draft = MailingFactory(items=0)
    measure = MeasureFactory()
    MeasureFactory(superseded_by=measure)
    MeasureFactory(unpublished=True)
    assert _values(draft) == {f"measure:{measure.key}"}


def test_offers_cost_the_same_number_of_queries_however_many(django_assert_num_queries: Any) -> None:
    draft, other = MailingFactory(items=0), MailingFactory(items=0, urgent=True)
    for number in range(1, 4):
        services.item_from_measure(MeasureFactory(), mailing=other, position=number).save()
    with django_assert_num_queries(5):  # one for each noun that has news
        offers = services.offers_for(draft, timezone.now())
    assert [offer.others for offer in offers] == [(other,)] * 3


# --- Each piece once ----------------------------------------------------------------------------


def test_database_refuses_the_same_news_twice_in_one_mailing() -> None:
    item = MailingItemFactory(news_kind="measure", news_key="1")
    with transaction.atomic(), pytest.raises(IntegrityError, match="item_once_per_news_and_mailing"):
        MailingItemFactory(mailing=item.mailing, news_kind="measure", news_key="1")
    MailingItemFactory(news_kind="measure", news_key="1")  # in another one
    with transaction.atomic(), pytest.raises(IntegrityError, match="item_news_has_kind_and_key"):
        MailingItemFactory(news_kind="measure", news_key="")
    Proposal.objects.create(kind="measure", key="1", mailing=item.mailing)
    with transaction.atomic(), pytest.raises(IntegrityError, match="proposal_once_per_news"):
        Proposal.objects.create(kind="measure", key="1", mailing=item.mailing)


# --- By hand ------------------------------------------------------------------------------------


def _desk(editor: User) -> Client:
    client = Client()
    client.force_login(editor, backend="allauth.account.auth_backends.AuthenticationBackend")
    passed_second_factor(client)
    return client


def test_editor_puts_what_is_ticked_into_the_mailing_with_what_was_typed() -> None:
    measure, left = MeasureFactory(title_fr="Prime relance"), MeasureFactory()
    mailing, desk = MailingFactory(items=0), _desk(UserFactory(editor=True, interface_language="en"))
    page = reverse("admin:mailings_mailing_change", args=[mailing.pk])
    assert "Prime relance" in desk.get(page).content.decode()
    typed = {"revision": 1, "subject_fr": "Nouvel objet", "subject_nl": "Nieuw", "intro_fr": "A", "intro_nl": "B"}
    typed |= {"audience_roles": ["mayor"], "items-TOTAL_FORMS": 0, "items-INITIAL_FORMS": 0}
    desk.post(page, typed | {"fetch": "1", "offer": [f"measure:{measure.key}"]})
    mailing.refresh_from_db()
    item = mailing.items.get()
    assert (mailing.subject_fr, item.measure, item.section) == ("Nouvel objet", measure, Section.MEASURES)
    assert _values(mailing) == {f"measure:{left.key}"}
    desk.post(page, typed | {"revision": mailing.revision, "fetch": "1", "offer": [f"measure:{measure.key}"]})
    assert mailing.items.count() <= 1, "what is in it is not offered, and never doubled"


# --- The clock ----------------------------------------------------------------------------------

WEEKS = {
    "29-march": (_at(2026, 3, 23, 6, 50), [(2026, 13), (2026, 14)]),
    "25-october": (_at(2026, 10, 19, 6, 50), [(2026, 43), (2026, 44)]),
    "iso-week-53-and-1-january-2027": (_at(2026, 12, 21, 6, 50), [(2026, 52), (2026, 53), (2027, 1)]),
}


@pytest.mark.parametrize(("begin", "weeks"), WEEKS.values(), ids=list(WEEKS))
@pytest.mark.parametrize("gap", [0, 3], ids=["every-hour", "none-for-three-days"])
def test_two_beats_make_one_mailing_per_week(begin: dt.datetime, weeks: list[tuple[int, int]], gap: int) -> None:
    """Two beats ask every hour by the clock of UTC, so that each hour of both changes is met; with a gap they sleep from Sunday on."""
    moment = begin.astimezone(dt.UTC)
    end = moment + dt.timedelta(weeks=len(weeks))
    while moment < end:
        awake = not gap or moment.astimezone(BRUSSELS).weekday() not in {6, 0, 1}
        if awake:
            with time_machine.travel(moment, tick=False):
                for _beat in range(2):
                    calendar()
        moment += dt.timedelta(hours=1)
    made = Mailing.objects.filter(kind="weekly").order_by("created_at")
    assert [(one.iso_year, one.iso_week) for one in made] == weeks
    assert Event.objects.filter(verb=Event.Verb.MAILING_DRAFTED).count() == len(weeks)
    for one in made:
        local = one.created_at.astimezone(BRUSSELS)
        assert (local.weekday(), local.hour) == ((2, 0) if gap else (0, 7)) or (gap and one == made[0])


def test_measures_of_three_silent_days_are_all_in_the_late_draft() -> None:
    with time_machine.travel(_at(2026, 11, 16, 7)) as clock:
        services.draft_this_week(timezone.now())
        slugs = set()
        for day in range(17, 27):
            clock.move_to(_at(2026, 11, day, 12))
            slugs.add(MeasureFactory(published_at=timezone.now()).slug)
        clock.move_to(_at(2026, 11, 26, 15))
        late = services.draft_this_week(timezone.now())
    assert late
    assert set(Measure.objects.filter(mailing_items__mailing=late).values_list("slug", flat=True)) == slugs
