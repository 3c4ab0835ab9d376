"""The demo data: whole, true on the day it is made, written once, and mailed to nobody."""

import datetime as dt
import uuid
from collections import Counter

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from config.seed.clock import Clock
from config.seed.holes import PLANTED
from config.seed.ledger import ImpossibleStory, Ledger
from config.seed.measures import TAKEN_BY_WEEKS
from config.seed.people import OFFICIALS, Cast
from config.seed.seeding import seed
from config.seed.stories import Step, Story
from mailings.models import Delivery, Mailing, Measure, Notice, Run
from mailings.services import decide_notices, draft_this_week, start_due_mailings
from municipalities.delegations import Delegation
from municipalities.languages import CorrespondenceLanguage
from municipalities.models import Mandate, Municipality, Portfolio, User
from partnerships.models import (
    Agreement,
    Attachment,
    AuditDetails,
    Consultation,
    Event,
    Kind,
    Mention,
    Message,
    Note,
    ReferenceCounter,
    Referral,
    RequestTie,
    SavedFilter,
    ServiceRequest,
    Sighting,
    SpocAssignment,
)
from partnerships.permissions import Action
from partnerships.services import requests as services
from partnerships.services.drafts import draft_request
from partnerships.services.needed import missing_to_submit
from partnerships.services.ratings import may_rate
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
State = ServiceRequest.State
# Moments at which weeks, years and clocks turn; all in UTC.
AWKWARD_MOMENTS = {
    "new year's night in week 53": "2026-12-31T23:30:00+00:00",
    "monday after midnight": "2027-01-03T23:20:00+00:00",
    "sunday of the last week": "2027-01-03T12:00:00+00:00",
    "hour that does not exist": "2027-03-28T01:10:00+00:00",
    "hour that comes twice": "2027-10-31T00:30:00+00:00",
    "friday afternoon": "2026-05-15T14:00:00+00:00",
    "far in the future": "2031-07-01T09:00:00+00:00",
}


@pytest.fixture
def seeded():
    return seed()


def everything() -> dict[str, int]:
    """Rows per table, history included."""
    own = [model for app in ("municipalities", "partnerships", "mailings") for model in apps.get_app_config(app).get_models()]
    return {model._meta.label: model._default_manager.count() for model in own}


# --- Written once -------------------------------------------------------------------------------


def test_a_second_seeding_adds_and_changes_nothing(seeded):
    before = everything()
    assert seed() == (0, 0, 0)
    assert everything() == before


def test_a_seeding_in_a_later_week_adds_nothing(seeded):
    before = everything()
    with time_machine.travel(timezone.now() + dt.timedelta(days=17)):
        assert seed() == (0, 0, 0)
    assert everything() == before


def test_what_people_changed_stays(seeded):
    User.objects.filter(email="alderman.ixl@example.org").update(correspondence_language="nl", last_name="Autre")
    Agreement.objects.filter(reference="CC-2025-21009").update(note_fr="Corrigé.")
    seed()
    assert User.objects.get(email="alderman.ixl@example.org").last_name == "Autre"
    assert Agreement.objects.get(reference="CC-2025-21009").note_fr == "Corrigé."


def test_scale_multiplies_the_history_and_a_larger_one_adds_the_rest(seeded):
    ended = ServiceRequest.objects.ended().count()
    history = 6 * 19
    assert seed(scale=3) == (0, 2 * history, 0)
    assert ServiceRequest.objects.ended().count() == ended + 2 * history
    assert seed(scale=2).requests == 0
    assert_references_unbroken()


def test_history_is_written_in_bulk(django_assert_max_num_queries, seeded):
    with django_assert_max_num_queries(700):
        assert seed(scale=20).requests == 19 * 6 * 19


def test_real_people_are_left_alone(capsys):
    UserFactory(email="somebody@hub.example.com")
    with pytest.raises(CommandError, match="real people"):
        call_command("seed_demo")
    assert User.objects.count() == 1


def test_the_command_says_what_it_added(capsys):
    call_command("seed_demo", "--scale", "2")
    assert capsys.readouterr().out.startswith("demo data added: 87 people, ")
    with pytest.raises(CommandError):
        call_command("seed_demo", "--scale", "0")


# --- People, agreements, SPOCs ------------------------------------------------------------------


def test_every_account_of_the_contract_exists(seeded):
    codes = [code.lower() for code in Municipality.objects.values_list("code", flat=True)]
    expected = {f"{part}.{code}@example.org" for code in codes for part in ("mayor", "alderman", "officer", "former")}
    expected |= {f"{name}@example.org" for name in ("spoc1", "spoc2", "spoc3", "spoc4", "spoc5", "lead", "editor", "cabinet", "admin")}
    expected |= {"delegate.ixl@example.org", "delegate.jet@example.org"}
    assert len(codes) == 19
    assert set(User.objects.values_list("email", flat=True)) == expected


def test_each_account_may_do_what_its_part_needs(seeded):
    def person(name: str) -> User:
        return User.objects.get(email=f"{name}@example.org")

    today = timezone.localdate()
    assert not person("former.ixl").has_access(today)
    assert person("spoc1").has_perm("partnerships.handle_servicerequest")
    assert person("lead").has_perm("mailings.approve_mailing")
    assert person("editor").has_perm("mailings.send_mailing")
    assert person("admin").has_perm("municipalities.add_staffmember")
    cabinet = person("cabinet")
    assert (cabinet.is_cabinet_reviewer, cabinet.is_staff, cabinet.has_perm("mailings.approve_mailing")) == (True, False, True)
    languages = {name: person(name).correspondence_language for name in ("alderman.ixl", "mayor.ixl", "alderman.jet", "alderman.and")}
    assert languages == {"alderman.ixl": "fr", "mayor.ixl": "nl", "alderman.jet": "nl", "alderman.and": "nl"}


def test_languages_and_names_vary(seeded):
    counts = Counter(User.objects.in_office(timezone.localdate()).values_list("correspondence_language", flat=True))
    assert set(counts) == set(CorrespondenceLanguage.values)
    assert min(counts.values()) >= 5
    people = [person for officials in OFFICIALS.values() for person in officials]
    assert len({person.last for person in people}) == len(people) == 76


def test_every_municipality_is_covered_today_but_for_the_planted_hole(seeded):
    today = timezone.localdate()
    planted = {(code, need) for code, need, _since in PLANTED.TODAY.holes(today)}
    assert planted == {("EVR", "deputy")}
    for municipality in Municipality.objects.all():
        in_force = municipality.mandates.in_force(today)
        assert in_force.get(role=Mandate.Role.MAYOR)
        assert in_force.get(role=Mandate.Role.ALDERMAN).portfolios[0] == Portfolio.TRADE
        roles = [a.role for a in SpocAssignment.objects.for_municipalities([municipality.pk], today)]
        assert roles == (["primary"] if municipality.code == "EVR" else ["primary", "deputy"])
        assert Agreement.objects.in_force(today).filter(municipality=municipality).count() == 1


def test_five_spocs_share_the_nineteen(seeded):
    counts = Counter(SpocAssignment.objects.in_force(timezone.localdate()).primary().values_list("officer__email", flat=True))
    assert set(counts) == {f"spoc{n}@example.org" for n in range(1, 6)}
    assert sum(counts.values()) == 19
    assert set(counts.values()) == {3, 4}


def test_agreements_show_every_state_and_ixelles_was_the_nineteenth(seeded):
    today = timezone.localdate()
    agreements = Agreement.objects.select_related("successor")
    states = Counter(agreement.state_on(today) for agreement in agreements)
    assert states == {"renewed": 18, "expired": 1, "in_force": 17, "expiring": 2, "signed": 1, "draft": 1}
    for state in Agreement.State:
        assert Agreement.objects.in_state(state, today).count() == states[state]
    first = Agreement.objects.filter(signed_on__lt=dt.date(2021, 1, 1)).order_by("signed_on")
    assert [first[0].signed_on.year, first.last().signed_on, first.last().municipality.code] == [2019, dt.date(2020, 3, 16), "IXL"]
    assert all(agreement.note_fr and agreement.note_nl for agreement in agreements)


def test_agreements_are_complete_and_auderghem_signed_before_2019(seeded):
    agreements = Agreement.objects.with_all()
    assert all(len(agreement.theme_names) in (3, 4) and agreement.working_methods_fr for agreement in agreements)
    for agreement in agreements:
        has_it = "circular-economy" in {row.theme.slug for row in agreement.theme_rows.all()}
        assert has_it == any("Économie circulaire" in one.changes_fr for one in agreement.amendments.all()), agreement
        renewal = agreement.renewal
        if renewal and renewal.reference.startswith("CC-20") and agreement.reference.startswith("CC-2025-"):
            carried = {row.theme_id for row in agreement.theme_rows.all()}
            assert carried <= {row.theme_id for row in renewal.theme_rows.all()}, "a renewal carries the themes over"
    assert all({one.side for one in agreement.signatories.all()} == {"municipality", "agency"} for agreement in agreements)
    amended = Counter(a.municipality.code for a in agreements for _one in a.amendments.all())
    assert amended == {"IXL": 2, "JET": 1, "AUD": 1}
    assert {a.municipality.code for a in agreements if a.document} == {"IXL", "AUD", "JET", "ETB", "KOE"}
    auderghem = agreements.get(reference="CC-2019-21002")
    assert [auderghem.first_signature, auderghem.first_signed_precision] == ["2018", "year"]
    content = agreements.get(reference="CC-2025-21009").document.read()
    assert content.startswith(b"%PDF-1.4")
    assert content.endswith(b"%%EOF\n")


# --- Requests -----------------------------------------------------------------------------------


def assert_references_unbroken() -> None:
    for counter in ReferenceCounter.objects.select_related("municipality"):
        prefix = f"{counter.municipality.code}-{counter.year}-"
        numbers = ServiceRequest.objects.filter(reference__startswith=prefix).values_list("reference", flat=True)
        assert sorted(numbers) == [f"{prefix}{n:04d}" for n in range(1, counter.last + 1)]


def test_ixelles_shows_every_state_kind_and_language(seeded):
    requests = ServiceRequest.objects.filter(municipality__code="IXL")
    assert set(requests.values_list("state", flat=True)) == set(State.values)
    assert set(requests.open().values_list("kind", flat=True)) == set(Kind.values)
    assert set(requests.open().values_list("language", flat=True)) == {"fr", "nl"}


def test_some_are_overdue_and_some_due_soon(seeded):
    today = timezone.localdate()
    overdue = ServiceRequest.objects.overdue(today)
    assert {r.state for r in overdue} == {State.SUBMITTED, State.IN_PROGRESS}
    soon = ServiceRequest.objects.turn_of_agency().filter(due_on__gte=today, due_on__lte=today + dt.timedelta(days=7))
    assert soon.filter(municipality__code="IXL").exists()
    assert soon.exclude(municipality__code="IXL").exists()


def test_numbers_follow_the_order_of_submission(seeded):
    assert_references_unbroken()
    for municipality in Municipality.objects.all():
        submitted = municipality.requests.filter(reference__isnull=False).order_by("submitted_at", "reference")
        references = [request.reference for request in submitted]
        assert references == sorted(references)


def test_whatever_was_submitted_was_complete(seeded):
    for request in ServiceRequest.objects.exclude(state=State.DRAFT):
        assert missing_to_submit(request) == {}, request


def test_every_row_passes_its_own_checks(seeded):
    for model in (User, Mandate, Agreement, SpocAssignment, ServiceRequest, AuditDetails, Message, Measure, Mailing):
        for row in model.objects.all():
            row.full_clean(exclude=["password"], validate_unique=False, validate_constraints=False)


def test_nobody_asked_outside_a_mandate_and_each_in_a_language_of_theirs(seeded):
    for request in ServiceRequest.objects.filter(direction="to_agency").select_related("asked_by", "municipality"):
        standing = request.asked_by.standings_on(timezone.localdate(request.created_at))
        assert [one.municipality for one in standing] == [request.municipality]
        assert request.language in CorrespondenceLanguage(request.asked_by.correspondence_language).contents, request


def test_the_agency_asks_two_municipalities_and_one_has_answered(seeded):
    asked = ServiceRequest.objects.filter(direction="to_municipality").order_by("municipality__code")
    assert [(one.municipality.code, one.state, one.language) for one in asked] == [("IXL", "submitted", "fr"), ("JET", "completed", "nl")]
    assert all(one.asked_by == one.assignee and one.asked_by.is_staff and one.data_request.why for one in asked)
    assert [one.is_turn_of_municipality for one in asked] == [True, False]


def test_a_closed_request_was_taken_up_again_with_its_reason(seeded):
    reopened = Event.objects.get(verb=Event.Verb.REQUEST_REOPENED)
    request = ServiceRequest.objects.get(pk=reopened.object_id)
    assert (request.state, request.completed_at, request.ended_at) == (State.IN_PROGRESS, None, None)
    assert not request.is_overdue(timezone.localdate())
    assert "tarifs" in request.messages.get(pk=reopened.data["message"]).body


def test_the_team_keeps_notes_on_two_requests_and_mentions_its_lead(seeded):
    lead = User.objects.get(email="lead@example.org")
    assert Note.objects.values("request").distinct().count() == 2
    assert set(Mention.objects.filter(note__isnull=False).values_list("person", flat=True)) == {lead.pk}
    assert not any(mention.note.author == lead for mention in Mention.objects.filter(note__isnull=False))
    assert not Note.objects.visible_to(User.objects.get(email="alderman.ixl@example.org")).exists()


def test_both_sides_have_looked_and_nobody_before_there_was_anything_to_see(seeded):
    sightings = Sighting.objects.select_related("request")
    assert {one.side for one in sightings} == {"municipality", "agency"}
    assert all(one.request.submitted_at <= one.at <= timezone.now() for one in sightings)


def test_a_delegate_writes_in_the_name_of_the_alderman_and_another_is_invited(seeded):
    today = timezone.localdate()
    assert [str(one.delegate) for one in Delegation.objects.in_force(today)] == ["Mona Castelvert"]
    assert [str(one.delegate) for one in Delegation.objects.invited(today)] == ["Wout Zilverberg"]
    alderman = User.objects.get(email="alderman.ixl@example.org")
    written = [row for model in (Message, Event) for row in model.objects.filter(behalf_of=alderman)]
    assert len(written) == 4  # a message with its event, a draft, its submission
    with translation.override("fr"):
        assert ServiceRequest.objects.get(asked_for=alderman).who == "Mona Castelvert pour Benoît Valdebois"


def test_events_tell_the_way_of_each_request_without_a_gap(seeded):
    now = timezone.now()
    for request in ServiceRequest.objects.all():
        events = list(Event.objects.about(request))
        assert events[0].verb == Event.Verb.REQUEST_DRAFTED
        state = State.DRAFT
        for event in events[1:]:
            if "from" not in event.data:  # a step ticked, a file, an association: no move
                continue
            assert event.data["from"] == state
            state = event.data["to"]
        assert state == request.state
        moments = [event.at for event in events]
        assert moments == sorted(moments)
        assert moments[-1] < now
        assert request.messages.count() == sum("message" in event.data for event in events)


def test_the_ledger_leaves_what_the_services_leave(seeded):
    """One story told by the ledger and lived through the services: same events, same details, same request."""
    words = "Quelques mots."
    story = Story(
        key="compared", code="IXL", kind=Kind.AUDIT, language="fr", part="alderman", ago=40, hour="09:00",
        title="Comparaison", description="Comparaison.", area="Place Eugène Flagey",
        steps=(
            Step(Action.SUBMIT, "alderman", 39, "09:00"),
            Step(Action.ACKNOWLEDGE, "spoc", 38, "09:00"),
            Step(Action.START, "spoc", 37, "09:00"),
            Step(Action.ASSIGN, "lead", 36, "09:00", "2"),
            Step(Action.ASK, "spoc", 35, "09:00", words),
            Step(Action.ANSWER, "alderman", 34, "09:00", words),
            Step(Action.MESSAGE, "spoc", 33, "09:00", words),
            Step(Action.COMPLETE, "spoc", 32, "09:00", words),
            Step(Action.CLOSE, "alderman", 31, "09:00"),
        ),
    )  # fmt: skip
    told = write_story(story)
    lived = live_through(told, words)
    assert [trace(event) for event in Event.objects.about(told)] == [trace(event) for event in Event.objects.about(lived)]
    same = (
        "state",
        "kind",
        "language",
        "asked_by",
        "assignee",
        "outside_agreement",
        "result",
        "reason",
        "technical_person",
        "technical_phone",
    )
    assert {name: getattr(told, name) for name in same} == {name: getattr(lived, name) for name in same}
    times = ("submitted_at", "acknowledged_at", "completed_at", "ended_at", "due_on", "reference")
    assert [getattr(told, name) is None for name in times] == [getattr(lived, name) is None for name in times] == [False] * 6


def trace(event: Event) -> tuple:
    shared = {name: value for name, value in event.data.items() if name != "message"}
    return event.verb, event.actor_id, event.municipality_id, shared, "message" in event.data


def write_story(story: Story) -> ServiceRequest:
    from_mail = {user.email.split("@")[0]: user for user in User.objects.all()}
    cast = Cast(
        officials={"IXL": {part: from_mail[f"{part}.ixl"] for part in ("mayor", "alderman", "officer", "former")}},
        spocs=[from_mail[f"spoc{n}"] for n in range(1, 6)],
        staff={"lead": from_mail["lead"]},
    )
    municipalities = {"IXL": Municipality.objects.get(code="IXL")}
    ledger = Ledger(municipalities, cast, Clock(timezone.now()))
    assert ledger.write([story]) == 1
    return ServiceRequest.objects.get(key=story.uuid)


def live_through(told: ServiceRequest, words: str) -> ServiceRequest:
    alderman, spoc = told.asked_by, User.objects.get(email="spoc1@example.org")
    names = ("title", "description", "area", "technical_person", "technical_phone", "political_lead")
    audit = {field.name: getattr(told.audit, field.name) for field in AuditDetails._meta.fields if field.name not in {"id", "request"}}
    request = draft_request(
        by=alderman, municipality=told.municipality, kind=told.kind, token=uuid.uuid4(), language="fr",
        fields={name: getattr(told, name) for name in names},
    )  # fmt: skip
    AuditDetails.objects.create(request=request, **audit)
    services.submit_request(request, by=alderman)
    services.acknowledge_request(request, by=spoc)
    services.start_request(request, by=spoc)
    services.assign_request(request, by=User.objects.get(email="lead@example.org"), to=User.objects.get(email="spoc2@example.org"))
    services.ask_municipality(request, by=spoc, question=words, language="fr")
    services.send_message(request, by=alderman, body=words, language="fr")
    services.send_message(request, by=spoc, body=words, language="fr")
    services.complete_request(request, by=spoc, result=words, language="fr")
    return services.close_request(request, by=alderman)


@pytest.mark.parametrize(
    "step",
    [Step(Action.COMPLETE, "spoc", 3, "10:00", "Fini."), Step(Action.SUBMIT, "spoc", 3, "10:00")],
    ids=["step that skips states", "step of the wrong side"],
)
def test_the_ledger_refuses_what_the_table_refuses(seeded, step):
    story = Story(
        key="impossible", code="IXL", kind=Kind.WORKS, language="fr", part="alderman", ago=5, hour="09:00",
        title="Impossible", description="…", area="", steps=(step,),
    )  # fmt: skip
    with pytest.raises(ImpossibleStory):
        write_story(story)


# --- Mailings and measures ----------------------------------------------------------------------


def test_nobody_is_mailed_and_every_event_is_decided(seeded):
    assert Event.objects.filter(notice=None).count() == 0
    assert Notice.objects.filter(deliveries__isnull=False).count() == 0
    before = Delivery.objects.count()
    decide_notices(timezone.now())
    start_due_mailings(timezone.now())
    assert Delivery.objects.count() == before
    assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.SENT}


def test_mailings_are_where_the_demo_starts(seeded):
    today = timezone.localdate()
    by_week = {m.week_label: m for m in Mailing.objects.filter(kind=Mailing.Kind.WEEKLY)}
    weeks = [today + dt.timedelta(weeks=n) for n in range(-4, 2)]
    labels = ["{0.year}-W{0.week:02d}".format(day.isocalendar()) for day in weeks]
    assert sorted(by_week) == sorted(labels)
    assert [by_week[label].state for label in labels] == ["sent"] * 4 + ["approved", "draft"]
    assert by_week[labels[4]].approval_in_force()
    assert by_week[labels[4]].scheduled_for is None
    urgent = Mailing.objects.get(kind=Mailing.Kind.URGENT)
    assert urgent.state == Mailing.State.IN_REVIEW
    for mailing in Mailing.objects.all():
        assert mailing.missing_texts() == []
        assert mailing.items.exists()
        assert set(mailing.audience_roles) == set(Mandate.Role.values)
    assert draft_this_week(timezone.now()) is None


def test_sent_mailings_reached_everybody_in_office_once_in_their_language(seeded):
    assert Run.objects.count() == 4
    for run in Run.objects.select_related("mailing"):
        in_office = set(User.objects.in_office(timezone.localdate(run.planned_at)).values_list("email", "correspondence_language"))
        assert set(run.deliveries.values_list("email", "language")) == in_office
        assert run.deliveries.count() == len(in_office) == 57
        assert run.state == Run.State.DONE
        assert set(run.contents.values_list("language", flat=True)) == {"fr", "nl"}
        assert run.content_hash == run.mailing.content_hash() == run.mailing.approval_in_force().content_hash


def test_every_measure_is_published_once_in_the_weekly_mailings(seeded):
    assert Measure.objects.filter(is_demo=True).exclude(source_url="").count() == Measure.objects.count() == 25
    last_sent = Mailing.objects.filter(state=Mailing.State.SENT).order_by("-sent_at")[0]
    assert Measure.objects.published_since(last_sent.sent_at).count() == 25 - sum(TAKEN_BY_WEEKS[:4])
    items = Counter(Mailing.objects.filter(kind=Mailing.Kind.WEEKLY).values_list("items__measure__slug", flat=True))
    assert set(items.values()) == {1}
    assert len(items) == 25
    assert not Measure.objects.filter(published_at__gt=timezone.now()).exists()


# --- On any day ---------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", AWKWARD_MOMENTS.values(), ids=AWKWARD_MOMENTS.keys())
def test_the_data_are_true_on_whatever_day_they_are_made(moment):
    with time_machine.travel(moment, tick=False):
        seed()
        test_every_municipality_is_covered_today_but_for_the_planted_hole(None)
        test_agreements_show_every_state_and_ixelles_was_the_nineteenth(None)
        test_ixelles_shows_every_state_kind_and_language(None)
        test_some_are_overdue_and_some_due_soon(None)
        test_numbers_follow_the_order_of_submission(None)
        test_events_tell_the_way_of_each_request_without_a_gap(None)
        test_mailings_are_where_the_demo_starts(None)
        test_sent_mailings_reached_everybody_in_office_once_in_their_language(None)
        test_nobody_is_mailed_and_every_event_is_decided(None)
        assert not Event.objects.filter(at__gt=timezone.now()).exists()
        assert not Mailing.objects.filter(created_at__gt=timezone.now()).exists()


# --- The desks ----------------------------------------------------------------------------------


def test_the_desks_show_referrals_a_twin_a_link_another_date_and_own_filters(seeded):
    referrals = Referral.objects.select_related("request", "message")
    assert sorted((one.request.municipality.code, one.is_open) for one in referrals) == [("IXL", False), ("IXL", True), ("UCC", True)]
    ties = {tie.kind: tie for tie in RequestTie.objects.select_related("first", "second")}
    twin = ties["merge"].second
    assert (twin.state, ties["merge"].first.state) == (State.CLOSED, State.IN_PROGRESS)
    assert not may_rate(twin.asked_by, twin)
    assert {ties["link"].first.municipality.code, ties["link"].second.municipality.code} == {"IXL"}
    moved = Event.objects.filter(verb=Event.Verb.DEADLINE_MOVED, municipality__code="BXL").latest("at")
    request = ServiceRequest.objects.get(pk=moved.object_id)
    assert str(request.due_on) == moved.data["due_on"] > str(timezone.localdate())
    assert set(SavedFilter.objects.values_list("owner__email", flat=True)) == {"spoc1@example.org"}


def test_files_and_plans_stand_in_the_timelines(seeded):
    told = set(Event.objects.filter(municipality__code="IXL").values_list("verb", flat=True))
    assert told >= {"attachment_added", "attachment_replaced", "plan_changed", "plan_proposed", "plan_agreed", "request_referred"}
    for attachment in Attachment.objects.all():
        assert Event.objects.about(attachment.request).filter(data__attachment=attachment.pk).exists(), attachment


def test_consultations_show_each_state_and_leave_the_alderman_of_ixelles_an_answer_to_give(seeded):
    assert set(Consultation.objects.values_list("state", flat=True)) == {"draft", "invited", "published", "cancelled"}
    alderman, former = User.objects.get(email="alderman.ixl@example.org"), User.objects.get(email="former.ixl@example.org")
    own = Consultation.objects.inviting(alderman)
    assert own.coming(timezone.now()).filter(invitations__person=alderman, invitations__answer="none").exists()
    assert not Consultation.objects.visible_to(former).exists()
    assert Consultation.objects.visible_to(User.objects.get(email="officer.jet@example.org")).get().minutes_for_all
    limited = Consultation.objects.get(seats__isnull=False)
    assert limited.invitations.seated().count() == limited.seats
    assert limited.invitations.in_line().exists()
    for meeting in Consultation.objects.all():
        meeting.full_clean()
        assert (meeting.title_fr, meeting.agenda_fr) != (meeting.title_nl, meeting.agenda_nl)
