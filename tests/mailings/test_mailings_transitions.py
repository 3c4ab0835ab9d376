"""Every action in every state by everybody: allowed as the table below says, written down anew here, or refused without a trace."""

import datetime as dt

import pytest
from django.utils import timezone

from mailings import services
from mailings.models import Approval, Mailing, Run, StandIn
from mailings.permissions import Action, allowed_actions, can
from municipalities.models import User
from partnerships.models import Event
from tests.factories import ApprovalFactory, MailingFactory, MunicipalityFactory, RunFactory, UserFactory

pytestmark = pytest.mark.django_db
State = Mailing.State

EDITORS = {"editor", "administrator"}
APPROVERS = {"stand_in", "cabinet"}
ALLOWED: dict[str, tuple[set[str], set[str], str | None]] = {
    "edit": ({"draft", "in_review", "approved", "scheduled", "held"}, EDITORS, None),
    "ask_approval": ({"draft", "held"}, EDITORS, "in_review"),
    "approve": ({"in_review"}, APPROVERS, "approved"),
    "send_back": ({"in_review"}, APPROVERS, "draft"),
    "schedule": ({"approved", "scheduled", "held"}, EDITORS, "scheduled"),
    "unschedule": ({"scheduled"}, EDITORS, "approved"),
    "send": ({"approved", "scheduled", "held"}, EDITORS | {"portal"}, "sending"),
    "pause": ({"sending"}, EDITORS, "sending"),
    "resume": ({"sending"}, EDITORS, "sending"),
    "stop": ({"sending"}, EDITORS, "sending"),
}
VERBS = {
    "edit": "mailing_edited",
    "ask_approval": "mailing_approval_asked",
    "approve": "mailing_approved",
    "send_back": "mailing_sent_back",
    "schedule": "mailing_scheduled",
    "unschedule": "mailing_unscheduled",
    "send": "mailing_planned",
    "pause": "mailing_paused",
    "resume": "mailing_resumed",
    "stop": "mailing_stopped",
}
CAST = ["alderman", "former", "spoc", "lead", "stand_in", "editor", "administrator", "cabinet", "shut_out_editor", "portal"]


def _person(name: str) -> User | None:
    if name == "portal":
        return None
    if name in {"alderman", "former"}:
        return UserFactory(**{name: MunicipalityFactory()})
    if name == "shut_out_editor":
        return UserFactory(editor=True, is_active=False)
    if name == "stand_in":
        today = timezone.localdate()
        return StandIn.objects.create(
            person=UserFactory(spoc=True), named_by=UserFactory(cabinet=True), first_day=today, last_day=today
        ).person
    return UserFactory(**{name: True})


def _mailing(state: str, action: str) -> Mailing:
    """A mailing in that state, with an approval in force and a run where the state or the action needs one."""
    extra = {"held_reason": "too_late"} if state == "held" else {}
    mailing = MailingFactory(**{state: True}, **extra)
    if state == "held":
        ApprovalFactory(mailing=mailing)
    if state in Mailing.GONE_OUT or action in {"pause", "resume", "stop"}:
        RunFactory(mailing=mailing, state=Run.State.PAUSED if action == "resume" else Run.State.RUNNING)
    return mailing


def _act(action: str, mailing: Mailing, by: User | None) -> object:
    shown = mailing.content_hash()
    acts = {
        "edit": lambda: services.edit_mailing(mailing, by=by, revision=mailing.revision, fields={"intro_fr": "Autre chose."}),
        "ask_approval": lambda: services.ask_approval(mailing, by=by),
        "approve": lambda: services.approve_mailing(mailing, by=by, shown_hash=shown),
        "send_back": lambda: services.send_back_mailing(mailing, by=by, shown_hash=shown, comment="Le montant."),
        "schedule": lambda: services.schedule_mailing(mailing, by=by, at=mailing.scheduled_for or timezone.now() + dt.timedelta(hours=2)),
        "unschedule": lambda: services.unschedule_mailing(mailing, by=by),
        "send": lambda: services.plan_run(mailing, by=by),
        "pause": lambda: services.pause_run(mailing.run, by=by),
        "resume": lambda: services.resume_run(mailing.run, by=by),
        "stop": lambda: services.stop_run(mailing.run, by=by, reason="Le montant est faux."),
    }
    return acts[action]()


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("action", list(ALLOWED))
@pytest.mark.parametrize("state", [str(state) for state in State])
def test_every_pair_of_state_and_action(state: str, action: str, who: str) -> None:
    person, mailing = _person(who), _mailing(state, action)
    sources, people, target = ALLOWED[action]
    events = Event.objects.count()
    if action == "send" and state in Mailing.GONE_OUT:
        assert _act(action, mailing, person) == mailing.run, "asked again, the run there is"
        assert Event.objects.count() == events
        return
    if state in sources and who in people:
        _act(action, mailing, person)
        mailing.refresh_from_db()
        if action != "edit":
            assert mailing.state == target
        event = Event.objects.about(mailing).get(verb=VERBS[action])
        assert event.actor == person
        assert event.data["from"] == state
    else:
        with pytest.raises(services.MailingActionNotAllowed):
            _act(action, mailing, person)
        mailing.refresh_from_db()
        assert mailing.state == state
        assert Event.objects.count() == events


def test_actions_shown_are_those_the_services_take() -> None:
    editor = UserFactory(editor=True)
    assert allowed_actions(editor, MailingFactory(approved=True)) == [Action.EDIT, Action.SCHEDULE, Action.SEND]
    assert not can(editor, Action.APPROVE, MailingFactory(in_review=True))


def test_a_verdict_is_kept_with_the_fingerprint_of_what_was_shown() -> None:
    cabinet, mailing = UserFactory(cabinet=True), MailingFactory(in_review=True)
    services.approve_mailing(mailing, by=cabinet, shown_hash=mailing.content_hash(), comment="Merci.")
    approval = mailing.approvals.get()
    assert (approval.by, approval.verdict, approval.comment) == (cabinet, Approval.Verdict.APPROVED, "Merci.")
    assert approval.content_hash == mailing.content_hash()
    assert mailing.approval_in_force() == approval
