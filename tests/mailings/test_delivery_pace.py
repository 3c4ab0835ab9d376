"""No faster than is wished: over all, and to one provider; urgent mail never waits."""

import time

import pytest
from django.db.models.functions import Now

from mailings.delivery import deliver_queue
from mailings.delivery.pace import Pace, _pace
from mailings.models import Delivery
from municipalities.models import User
from tests.factories import DeliveryFactory
from tests.mailings.letters import deliver_plain, planned_run, states_of
from tests.mailings.test_campaign_sets import planned

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_used_up():
    """The process keeps its pace from one turn to the next; a test begins with a full allowance."""
    _pace.cache_clear()


@pytest.fixture
def clock(monkeypatch):
    """Time that passes only when somebody sleeps."""

    class Clock:
        now = 1000.0
        slept = 0.0

        def sleep(self, seconds):
            self.now += seconds
            self.slept += seconds

    clock = Clock()
    monkeypatch.setattr("mailings.delivery.pace.time.monotonic", lambda: clock.now)
    monkeypatch.setattr("mailings.delivery.pace.time.sleep", clock.sleep)
    return clock


def test_a_hundred_mails_at_ten_a_second_over_two_senders_take_each_its_share_of_time(clock):
    pace = Pace(10, {}, senders=2)
    assert all(pace.wait(60) for _ in range(100))
    assert clock.slept == pytest.approx((100 - 5) / 5)


def test_what_takes_longer_than_there_is_time_is_not_waited_for(clock):
    pace = Pace(0.1, {}, senders=1)
    assert pace.wait(1)
    assert not pace.wait(1)
    assert clock.slept == 0


def test_without_a_wish_nobody_waits(clock):
    pace = Pace(0, {}, senders=2)
    assert all(pace.wait(0) for _ in range(1000))
    assert pace.too_soon([(1, "a@gmail.com")]) == {}


def test_only_the_mails_of_one_provider_wait_each_longer_than_the_one_before(clock):
    pace = Pace(0, {"Gmail.com": 2}, senders=1)
    addresses = [(number, "x@GMAIL.com") for number in range(6)] + [(9, "y@example.org"), (10, "z@notgmail.com")]
    assert pace.too_soon(addresses) == pytest.approx({2: 0.5, 3: 1.0, 4: 1.5, 5: 2.0})
    clock.now += 1.5
    assert pace.too_soon([(3, "x@gmail.com"), (4, "x@gmail.com"), (5, "x@gmail.com"), (6, "x@gmail.com")]) == pytest.approx({6: 0.5})


def test_a_provider_that_is_away_for_long_is_looked_at_within_ten_minutes(clock):
    pace = Pace(0, {"gmail.com": 0.001}, senders=1)
    assert pace.too_soon([(1, "x@gmail.com"), (2, "x@gmail.com")]) == {2: 600}


@pytest.mark.parametrize("by_journal", [False, True], ids=["mail by mail", "in sets"])
def test_mails_over_the_rate_of_their_provider_go_back_untried_and_stop_nobody(sink, settings, tmp_path, by_journal):
    settings.MAIL_JOURNAL = str(tmp_path) if by_journal else ""
    settings.MAIL_DOMAIN_RATES, settings.MAIL_SENDERS = {"slow.example": 0.5}, 1
    run = planned(4)
    for number in (1, 2, 3):
        User.objects.filter(email=f"p{number}@example.org").update(email=f"p{number}@slow.example")
        Delivery.objects.filter(email=f"p{number}@example.org").update(email=f"p{number}@slow.example")
    deliver_queue(seconds=60)
    assert states_of(run) == ["sent", "pending", "pending", "sent"]
    waiting = run.deliveries.filter(state=Delivery.State.PENDING, next_attempt_at__gt=Now())
    assert [(row.attempts, row.claim, row.journal) for row in waiting] == [(0, None, "")] * 2


def test_a_code_waits_for_no_rate(sink, settings):
    settings.MAIL_RATE, settings.MAIL_SENDERS = 0.001, 1
    run = planned_run(3)
    codes = [DeliveryFactory(login_code=True) for _ in range(3)]
    began = time.monotonic()
    deliver_plain()
    assert time.monotonic() - began < 60
    assert {Delivery.objects.get(pk=code.pk).state for code in codes} == {"sent"}
    assert states_of(run).count("pending") >= 2
