"""Whatever the server does, in whatever order: nobody forgotten, one Message-ID each, nobody sent to twice unawares."""

import contextlib

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mailings.delivery import claims, reconcile
from mailings.delivery.runs import finish_runs
from mailings.models import Delivery, Run
from mailings.services import resume_run
from municipalities.models import User
from tests.factories import UserFactory
from tests.mailings.letters import all_wanted, deliver_plain, let_leases_end, make_due, planned_run
from tests.mailings.sink import FAULTS, Sink

PEOPLE = 6
SETTLED = {"sent", "failed", "unknown", "skipped"}
MAY_HAVE_COME = ("take and drop", "take and say nothing")
scripts = st.lists(st.lists(st.sampled_from(FAULTS), max_size=3), min_size=PEOPLE, max_size=PEOPLE)
unwanted = st.sets(st.integers(1, PEOPLE), max_size=2)
policies = st.sampled_from(Run.DoubtPolicy.values)
# The sender dies in some rounds, just after so many dots went out.
deaths = st.lists(st.one_of(st.none(), st.integers(0, PEOPLE)), max_size=2)


class Killed(BaseException):
    """The end of a process, as the code inside it sees it: nothing is caught, nothing is tidied up."""


def deliver_until_killed(monkeypatch: pytest.MonkeyPatch, dots: int | None, recheck) -> None:
    """One batch; with `dots`, the sender dies where it would write down the answer to that many dots and one more."""
    answers = iter(range(dots if dots is not None else PEOPLE * 9))

    def dies(*_: object, **__: object) -> None:
        if next(answers, None) is None:
            raise Killed

    with monkeypatch.context() as patched:
        if dots is not None:
            patched.setattr(claims, "hand_back", lambda claim: None)
            settle = claims._settle
            patched.setattr(claims, "_settle", lambda *args, **kwargs: (dies(), settle(*args, **kwargs)))
        with contextlib.suppress(Killed):
            deliver_plain(recheck=recheck)
    if dots is not None:  # dead even where it had nothing left to write down: it gave nothing back
        let_leases_end()
        reconcile()
        finish_runs()  # as the sweep does: the last row may have been settled by the reconciliation


def start_afresh(sink: Sink, script: list[list[str]], policy: str) -> Run:
    Delivery.objects.all().delete()
    User.objects.filter(email__regex=r"^p\d+@").delete()
    sink.received.clear()
    sink.tries.clear()
    sink.script = {f"p{number}@example.org": faults for number, faults in enumerate(script, 1)}
    return planned_run(PEOPLE, doubt_policy=policy)


@pytest.fixture
def given_settings(settings):
    """Django's settings, for the many examples of one test."""
    return settings


@pytest.mark.django_db
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=scripts, left_out=unwanted, policy=policies, killed=deaths)
@example(
    script=[[], [], [], [], ["4xx at RCPT", "5xx at RCPT"], ["4xx at RCPT", "drop at DATA"]],
    left_out=set(),
    policy="hold",
    killed=[None, 1],
)
@example(
    script=[[], [], ["4xx at DATA"] * 2, ["4xx at DATA"], ["4xx at DATA"], ["4xx at DATA"]], left_out=set(), policy="hold", killed=[None, 1]
)
def test_every_recipient_ends_in_one_state_and_the_sink_agrees(sink, monkeypatch, given_settings, script, left_out, policy, killed):
    given_settings.MAIL_ANSWER_TIMEOUT = 0.3
    editor = User.objects.filter(is_staff=True).first() or UserFactory(editor=True)
    run = start_afresh(sink, script, policy)
    skipped = {f"p{number}@example.org" for number in left_out}

    def recheck(deliveries, on):
        wanted = all_wanted(deliveries, on)
        return wanted | {row.pk: Delivery.Skip.UNSUBSCRIBED for row in deliveries if row.email in skipped}

    for dots in [*killed, *[None] * (PEOPLE * 4)]:
        deliver_until_killed(monkeypatch, dots, recheck)
        make_due()
        run.refresh_from_db()
        if run.state == Run.State.PAUSED:
            resume_run(run, by=editor)
        if not run.deliveries.unsettled().exists():
            break

    doubts_by_death = sum(1 for dots in killed if dots is not None)
    for delivery in run.deliveries.all():
        came = sink.ids_of(delivery.email)
        assert delivery.state in SETTLED
        assert (delivery.email in skipped) == (delivery.state == "skipped")
        assert set(came) <= {delivery.message_id}
        assert delivery.claim is None
        if delivery.state == "sent":
            assert came
        if delivery.state in {"failed", "skipped"}:
            assert not came or policy == "resend"
        if policy == "hold":
            assert len(came) <= 1
    if policy == "hold":
        in_doubt_by_faults = sum(1 for faults in script for fault in faults if fault in MAY_HAVE_COME or fault.startswith("drop"))
        assert run.deliveries.in_doubt().count() <= doubts_by_death + in_doubt_by_faults
    run.refresh_from_db()
    assert run.state == "done"
