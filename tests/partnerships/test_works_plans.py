"""The action plan: written by both, proposed by one, agreed by the other, kept as it was; then carried out and reminded of."""

import datetime as dt
import threading
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from mailings.models import Delivery
from mailings.services import decide_notices
from partnerships.models import Event, MeasureReminder, PlanEvidence, PlanLine, PlanMeasure, PlanVersion, SiteEvaluation, WorksSite
from partnerships.services.evaluations import FigureThere, evaluate_site, measures_to_mark, note_figure, note_meeting
from partnerships.services.plans import (
    PlanMoved,
    StaleLine,
    add_evidence,
    add_measure,
    agree_plan,
    change_measure,
    draft_plan,
    move_measure,
    propose_plan,
    remind_of_measures,
    take_out_measure,
)
from partnerships.services.works import StaleSite, WorksNotAllowed, change_site, open_site
from tests.factories import (
    MunicipalityFactory,
    PlanLineFactory,
    PlanVersionFactory,
    RequestFactory,
    UserFactory,
    WorksPhaseFactory,
    WorksSiteFactory,
    days_from_today,
    measure_fields,
)

pytestmark = pytest.mark.django_db
State = PlanVersion.State


@pytest.fixture
def site(cast) -> WorksSite:
    request = RequestFactory(kind="works", in_progress=True, municipality=cast.municipality, asked_by=cast.alderman, assignee=cast.spoc)
    return WorksSiteFactory(request=request)


def put(site: WorksSite, by, **fields) -> PlanLine:
    return add_measure(site, by=by, token=uuid.uuid4(), fields=measure_fields(**fields))


def agreed(site: WorksSite, cast) -> PlanVersion:
    """A plan of one measure, proposed by the alderman and agreed by the SPOC."""
    version = put(site, cast.alderman).version
    propose_plan(version, by=cast.alderman, revision=version.revision)
    return agree_plan(version, by=cast.spoc)


# --- Drawing up ---------------------------------------------------------------------------------


def test_both_sides_write_in_one_draft(cast, site):
    first = put(site, cast.alderman, what="Séance d'information")
    second = put(site, cast.spoc, what="Plan de livraisons")
    assert first.version_id == second.version_id
    assert [line.what for line in draft_plan(site, by=cast.colleague).lines.all()] == ["Séance d'information", "Plan de livraisons"]
    assert {event.actor for event in Event.objects.about(site.request)} == {cast.alderman, cast.spoc}


def test_a_second_click_puts_a_measure_in_once(cast, site):
    token = uuid.uuid4()
    lines = {add_measure(site, by=cast.alderman, token=token, fields=measure_fields()).pk for _click in range(3)}
    assert len(lines) == 1
    assert PlanMeasure.objects.count() == 1


def test_of_two_who_change_a_measure_the_second_is_told(cast, site):
    line = put(site, cast.alderman)
    change_measure(line, by=cast.alderman, revision=line.revision, fields={"what": "Deux séances"})
    with pytest.raises(StaleLine) as stale:
        change_measure(line, by=cast.spoc, revision=line.revision, fields={"what": "Une seule séance"})
    assert stale.value.line.what == "Deux séances"
    with pytest.raises(StaleLine):
        take_out_measure(line, by=cast.spoc, revision=line.revision)


def test_two_who_change_two_measures_are_not_in_each_others_way(cast, site):
    one, other = put(site, cast.alderman), put(site, cast.alderman)
    change_measure(one, by=cast.alderman, revision=1, fields={"what": "La première"})
    change_measure(other, by=cast.spoc, revision=1, fields={"what": "La seconde"})
    assert set(PlanLine.objects.values_list("what", flat=True)) == {"La première", "La seconde"}


def test_a_phase_of_another_site_is_refused(cast, site):
    stranger = WorksPhaseFactory()
    with pytest.raises(ValidationError):
        put(site, cast.alderman, phase=stranger)
    assert not PlanMeasure.objects.exists()


# --- Proposing and agreeing ---------------------------------------------------------------------


@pytest.mark.parametrize(("proposer", "agreer"), [("alderman", "spoc"), ("spoc", "alderman"), ("colleague", "spoc")])
def test_one_side_proposes_and_the_other_agrees(cast, site, proposer, agreer):
    version = put(site, cast.person(proposer)).version
    proposed = propose_plan(version, by=cast.person(proposer), revision=version.revision)
    assert (proposed.state, proposed.awaits) == (State.PROPOSED, "agency" if agreer == "spoc" else "municipality")
    with pytest.raises(PlanMoved):
        agree_plan(proposed, by=cast.person(proposer))
    plan = agree_plan(proposed, by=cast.person(agreer))
    assert plan.state == State.AGREED
    assert plan.municipality_agreed_at
    assert plan.agency_agreed_at
    assert PlanMeasure.objects.get().state == PlanMeasure.State.AGREED
    verbs = list(Event.objects.about(site.request).values_list("verb", flat=True))
    assert verbs[-2:] == ["plan_proposed", "plan_agreed"]


def test_a_plan_that_changed_since_it_was_read_is_not_proposed(cast, site):
    version = put(site, cast.alderman).version
    put(site, cast.spoc)
    with pytest.raises(PlanMoved):
        propose_plan(version, by=cast.alderman, revision=version.revision)


def test_an_empty_plan_is_not_proposed(cast, site):
    version = draft_plan(site, by=cast.alderman)
    with pytest.raises(ValidationError):
        propose_plan(version, by=cast.alderman, revision=version.revision)


def test_what_is_proposed_never_changes(cast, site):
    line = put(site, cast.alderman)
    line.version.refresh_from_db()
    propose_plan(line.version, by=cast.alderman, revision=line.version.revision)
    line.refresh_from_db()
    with pytest.raises(PlanMoved):
        change_measure(line, by=cast.alderman, revision=line.revision, fields={"what": "Autre chose"})
    with pytest.raises(PlanMoved):
        take_out_measure(line, by=cast.spoc, revision=line.revision)
    later = put(site, cast.spoc, what="En plus")
    assert later.version_id != line.version_id


@pytest.mark.parametrize("values", [{"due_on": dt.date(2030, 1, 1)}, {"owner": "agency"}, {"what": "Autre chose"}, {"cost": 5}])
def test_the_database_itself_keeps_a_proposed_version_as_it_was(values):
    line = PlanLineFactory(version__proposed=True)
    with pytest.raises(IntegrityError, match="fixed"), transaction.atomic():
        PlanLine.objects.filter(pk=line.pk).update(**values)


def test_a_new_version_begins_with_the_lines_of_the_last_and_replaces_it(cast, site):
    plan = agreed(site, cast)
    old = plan.lines.get()
    put(site, cast.spoc, what="Plan de livraisons")
    draft = PlanVersion.objects.get(site=site, state=State.DRAFT)
    assert draft.number == 2
    assert draft.lines.first().measure_id == old.measure_id
    kept = draft.lines.get(measure=old.measure)
    take_out_measure(kept, by=cast.spoc, revision=kept.revision)
    assert PlanMeasure.objects.get(pk=old.measure_id).state == PlanMeasure.State.AGREED
    draft.refresh_from_db()
    propose_plan(draft, by=cast.spoc, revision=draft.revision)
    agree_plan(draft, by=cast.alderman)
    plan.refresh_from_db()
    gone = PlanMeasure.objects.get(pk=old.measure_id)
    assert plan.state == State.REPLACED
    assert [line.what for line in plan.lines.all()] == [old.what]
    assert (gone.state, gone.removed_in) == (PlanMeasure.State.DROPPED, draft)


def test_a_counter_proposal_takes_the_place_of_the_first(cast, site):
    first = put(site, cast.alderman).version
    propose_plan(first, by=cast.alderman, revision=first.revision)
    second = put(site, cast.spoc).version
    propose_plan(second, by=cast.spoc, revision=second.revision)
    first.refresh_from_db()
    assert first.state == State.REPLACED
    with pytest.raises(PlanMoved):
        agree_plan(first, by=cast.spoc)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda site: [PlanVersionFactory(site=site), PlanVersionFactory(site=site)], "plan_one_draft_per_site"),
        (lambda site: [PlanVersionFactory(site=site, agreed=True) for _n in range(2)], "plan_one_agreed_per_site"),
        (lambda site: PlanVersionFactory(site=site, agreed=True, agency_agreed_at=None), "plan_agreed_by_both"),
        (lambda site: PlanVersionFactory(site=site, state=State.PROPOSED), "plan_proposal_has_time_and_side"),
        (lambda site: PlanMeasure.objects.create(site=site, state="dropped"), "plan_measure_dropped_with_reason"),
        (lambda site: PlanLineFactory(version__site=site, starts_on=days_from_today(30)), "plan_line_ends_after_start"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_database_refuses_what_no_plan_can_be(site, make, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make(site)


# --- Carrying out -------------------------------------------------------------------------------


def test_a_measure_goes_the_ways_of_the_table_alone(cast, site):
    measure = agreed(site, cast).lines.get().measure
    assert move_measure(measure, by=cast.alderman, to="running").state == "running"
    with pytest.raises(PlanMoved):
        move_measure(measure, by=cast.spoc, to="agreed")
    with pytest.raises(ValidationError):
        move_measure(measure, by=cast.spoc, to="dropped", reason="  ")
    assert move_measure(measure, by=cast.spoc, to="dropped", reason="Plus nécessaire").reason == "Plus nécessaire"
    assert move_measure(measure, by=cast.spoc, to="running").reason == ""
    assert move_measure(measure, by=cast.alderman, to="done").state == "done"


def test_a_measure_only_proposed_cannot_run(cast, site):
    with pytest.raises(PlanMoved):
        move_measure(put(site, cast.alderman).measure, by=cast.alderman, to="running")


def test_evidence_is_noted_once(cast, site):
    measure = agreed(site, cast).lines.get().measure
    for _click in range(2):
        add_evidence(measure, by=cast.alderman, words="Lettre distribuée le 3 novembre")
    assert PlanEvidence.objects.count() == 1


def test_meetings_and_figures_are_noted_once(cast, site):
    token = uuid.uuid4()
    for _click in range(2):
        note_meeting(
            site, by=cast.alderman, token=token, held_on=days_from_today(-1), present="Commune, Vivaqua", decisions="Phase 2 avancée"
        )
        note_figure(site, by=cast.spoc, indicator="vacancy", measured_on=days_from_today(-1), value=7, source="Relevé communal")
    assert (site.meetings.count(), site.figures.count()) == (1, 1)
    with pytest.raises(FigureThere):
        note_figure(site, by=cast.spoc, indicator="vacancy", measured_on=days_from_today(-1), value=8, source="Autre relevé")


def test_each_side_evaluates_once_and_can_think_better_of_it(cast, site):
    measure = agreed(site, cast).lines.get().measure
    other = PlanLineFactory().measure
    evaluate_site(
        site, by=cast.alderman, lessons="Commencer plus tôt", is_best_practice=True, marks={measure.pk: (4, "utile"), other.pk: (1, "")}
    )
    evaluate_site(site, by=cast.spoc, lessons="Une séance par tronçon", is_best_practice=False, marks={measure.pk: (5, "")})
    evaluate_site(site, by=cast.colleague, lessons="Commencer deux mois plus tôt", is_best_practice=True, marks={measure.pk: (3, "")})
    assert [(e.side, e.lessons) for e in SiteEvaluation.objects.order_by("side")] == [
        ("agency", "Une séance par tronçon"),
        ("municipality", "Commencer deux mois plus tôt"),
    ]
    assert sorted(measure.marks.values_list("helped", flat=True)) == [3, 5]
    assert not other.marks.exists()
    assert len(measures_to_mark(site)) == 1


# --- Who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("stranger", ["other_alderman", "former", "editor", "cabinet"])
def test_strangers_do_nothing(cast, site, stranger):
    version = agreed(site, cast)
    measure, person = version.lines.get().measure, cast.person(stranger)
    acts = [
        lambda: put(site, person),
        lambda: draft_plan(site, by=person),
        lambda: move_measure(measure, by=person, to="running"),
        lambda: add_evidence(measure, by=person, words="…"),
        lambda: evaluate_site(site, by=person, lessons="…", is_best_practice=False, marks={}),
        lambda: change_site(site, by=person, revision=1, parts=[]),
        lambda: open_site(site.request, by=person),
    ]
    before = Event.objects.count()
    for act in acts:
        with pytest.raises(WorksNotAllowed):
            act()
    assert Event.objects.count() == before


@pytest.mark.parametrize("state", ["draft", "withdrawn", "declined", "closed"])
def test_nothing_is_planned_before_submission_and_after_the_end(cast, state):
    request = RequestFactory(kind="works", municipality=cast.municipality, asked_by=cast.alderman, **{state: True})
    with pytest.raises(WorksNotAllowed):
        put(WorksSiteFactory(request=request), cast.alderman)


def test_an_evaluation_can_still_be_written_when_the_request_is_closed(cast):
    request = RequestFactory(kind="works", municipality=cast.municipality, asked_by=cast.alderman, closed=True)
    site = WorksSiteFactory(request=request)
    evaluate_site(site, by=cast.alderman, lessons="Bien suivi", is_best_practice=False, marks={})
    assert site.evaluations.get().by == cast.alderman


def test_of_two_who_change_the_site_the_second_is_told(cast, site):
    change_site(site, by=cast.alderman, revision=1, parts=[])
    with pytest.raises(StaleSite):
        change_site(site, by=cast.spoc, revision=1, parts=[])


@pytest.mark.parametrize(
    ("person", "sees"),
    [("alderman", 1), ("colleague", 1), ("spoc", 1), ("editor", 0), ("other_alderman", 0), ("former", 0), ("cabinet", 0)],
)
def test_who_sees_the_site(cast, site, person, sees):
    WorksSiteFactory(request=RequestFactory(kind="works", draft=True, municipality=cast.municipality))
    assert WorksSite.objects.visible_to(cast.person(person)).count() == sees


# --- Mails --------------------------------------------------------------------------------------


def mails(verb: str) -> dict:
    decide_notices(timezone.now())
    return {mail.recipient: mail for mail in Delivery.objects.filter(notice__event__verb=verb)}


@pytest.mark.parametrize(("proposer", "hearer"), [("alderman", "spoc"), ("spoc", "alderman")])
def test_the_other_side_hears_of_proposal_and_agreement_in_its_language(cast, site, proposer, hearer):
    for person, language in ((cast.alderman, "nl"), (cast.spoc, "fr")):
        person.correspondence_language = language
        person.save()
    version = put(site, cast.person(proposer)).version
    propose_plan(version, by=cast.person(proposer), revision=version.revision)
    told = mails("plan_proposed")
    assert set(told) == {cast.person(hearer)}
    assert ("actieplan" if hearer == "alderman" else "plan d'action") in told[cast.person(hearer)].subject
    agree_plan(version, by=cast.person(hearer))
    assert set(mails("plan_agreed")) == {cast.person(proposer)}


def noon(day: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(days_from_today(day), dt.time(12)))


def test_a_measure_that_falls_due_is_announced_once_and_moves_with_its_day(cast, site):
    line = agreed(site, cast).lines.get()
    for number in range(30):
        remind_of_measures(noon(number))
        remind_of_measures(noon(number))
    assert [reminder.due_on for reminder in MeasureReminder.objects.all()] == [line.due_on]
    event = Event.objects.about(site.request).get(verb=Event.Verb.MEASURE_DUE)
    assert event.data["days_left"] == 5
    assert set(mails("measure_due")) == {cast.alderman, cast.spoc}


@pytest.mark.parametrize("to", ["done", "dropped"])
def test_nothing_is_said_of_measures_done_or_dropped(cast, site, to):
    measure = agreed(site, cast).lines.get().measure
    move_measure(measure, by=cast.spoc, to=to, reason="Plus nécessaire")
    assert remind_of_measures(noon(18)) == 0


def test_nothing_is_said_of_measures_only_proposed(cast, site):
    put(site, cast.alderman)
    assert remind_of_measures(noon(18)) == 0


# --- At the same moment -------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_a_version_at_the_same_moment_write_in_one():
    municipality = MunicipalityFactory()
    alderman, officer = UserFactory(alderman=municipality), UserFactory(officer=municipality)
    site = WorksSiteFactory(request=RequestFactory(kind="works", in_progress=True, municipality=municipality, asked_by=alderman))
    gate, failures = threading.Barrier(6), []

    def write(number: int) -> None:
        try:
            gate.wait()
            put(site, alderman if number % 2 else officer, what=f"Mesure {number}")
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    (draft,) = PlanVersion.objects.filter(site=site)
    assert [line.position for line in draft.lines.order_by("position")] == [1, 2, 3, 4, 5, 6]
