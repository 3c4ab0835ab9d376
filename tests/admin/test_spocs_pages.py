"""Hand-over with its preview, absences and workload in the administration: what they show, to whom, and at what cost."""

import csv
import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from municipalities.admin.exports import harmless
from municipalities.models import Municipality, User
from partnerships.models import Absence, Event, ServiceRequest, SpocAssignment, SpocHandover
from partnerships.services.absences import AbsenceBegun, AbsenceNotAllowed, cancel_absence
from partnerships.services.spocs import fingerprint, hand_over, plan_handover
from tests.admin.conftest import StaffClient
from tests.factories import AbsenceFactory, RequestFactory, SpocAssignmentFactory, UserFactory, days_from_today, since

pytestmark = pytest.mark.django_db
ADD = "admin:partnerships_spochandover_add"
CONFIRM = "admin:partnerships_spochandover_confirm"
WORKLOAD = "admin:partnerships_spocassignment_workload"


@pytest.fixture
def old(ixelles: Municipality) -> User:
    officer = UserFactory(spoc=True, last_name="Vertrekker")
    SpocAssignmentFactory(municipality=ixelles, officer=officer)
    return officer


@pytest.fixture
def new() -> User:
    return UserFactory(spoc=True, last_name="Nieuwers")


def _typed(place: Municipality, new: User, **changes: Any) -> dict[str, Any]:
    typed = {"municipalities": [place.pk], "to": new.pk, "deputy": "", "starts_on": days_from_today(0).isoformat()}
    return typed | {"note": "Le dossier <Flagey> presse.", "token": str(uuid.uuid4())} | changes


def test_the_preview_shows_work_people_and_mail_and_writes_nothing(
    staff_client: StaffClient, ixelles: Municipality, old: User, new: User
) -> None:
    moving = RequestFactory(in_progress=True, audit=False, municipality=ixelles, assignee=old)
    official = UserFactory(alderman=ixelles, last_name="Schepenaar")
    page = staff_client(UserFactory(lead=True)).post(reverse(ADD), _typed(ixelles, new))
    text = page.content.decode()
    assert page.status_code == 200
    assert all(word in text for word in (old.full_name, new.full_name, moving.reference, official.full_name, "&lt;Flagey&gt;"))
    leg = page.context["legs"][0]
    assert [entry.language for entry in leg.mails] == ["fr", "nl"]
    assert all(new.full_name in entry.mail.text for entry in leg.mails)
    frame = page.client.get(leg.mails[1].url)
    assert new.full_name in frame.content.decode()
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    assert (SpocHandover.objects.count(), Event.objects.count()) == (0, 0)


def test_confirmed_it_happens_and_the_page_tells_it(staff_client: StaffClient, ixelles: Municipality, old: User, new: User) -> None:
    request = RequestFactory(in_progress=True, audit=False, municipality=ixelles, assignee=old)
    client, typed = staff_client(UserFactory(lead=True)), _typed(ixelles, new)
    seen = client.post(reverse(ADD), typed).context["seen"]
    for _click in range(2):
        page = client.post(reverse(CONFIRM), typed | {"seen": seen}, follow=True)
        assert page.redirect_chain == [(reverse("admin:partnerships_spochandover_change", args=[SpocHandover.objects.get().pk]), 302)]
    assert "Le dossier &lt;Flagey&gt; presse." in page.content.decode()
    request.refresh_from_db()
    assert request.assignee == new
    assert client.get(reverse("admin:partnerships_spochandover_changelist")).status_code == 200


def test_what_changed_meanwhile_is_shown_anew(staff_client: StaffClient, ixelles: Municipality, old: User, new: User) -> None:
    client, typed = staff_client(UserFactory(lead=True)), _typed(ixelles, new)
    seen = client.post(reverse(ADD), typed).context["seen"]
    late = RequestFactory(in_progress=True, audit=False, municipality=ixelles, assignee=old)
    page = client.post(reverse(CONFIRM), typed | {"seen": seen})
    assert page.status_code == 409
    assert late.reference in page.content.decode()
    assert not SpocHandover.objects.exists()


def test_going_back_to_the_form_loses_no_word(staff_client: StaffClient, ixelles: Municipality, old: User, new: User) -> None:
    page = staff_client(UserFactory(lead=True)).post(reverse(ADD), _typed(ixelles, new) | {"edit": "1"})
    assert "Le dossier &lt;Flagey&gt; presse." in page.content.decode()
    assert f'value="{ixelles.pk}" id="id_municipalities' in page.content.decode()


@pytest.mark.parametrize(("changes", "field"), [({"note": ""}, "note"), ({"municipalities": []}, "municipalities"), ({"to": ""}, "to")])
def test_what_is_missing_is_said_beside_the_field(
    staff_client: StaffClient, ixelles: Municipality, old: User, new: User, changes: dict[str, Any], field: str
) -> None:
    for address in (ADD, CONFIRM):
        page = staff_client(UserFactory(lead=True)).post(reverse(address), _typed(ixelles, new, **changes))
        assert field in page.context["form"].errors
    assert not SpocHandover.objects.exists()


def test_a_planned_one_is_cancelled_by_its_button(staff_client: StaffClient, ixelles: Municipality, old: User, new: User) -> None:
    lead = UserFactory(lead=True)
    given = {"by": lead, "to": new, "deputy": None, "starts_on": days_from_today(5), "note": "x"}
    handover = hand_over([ixelles], **given, token=uuid.uuid4())
    client, cancel = staff_client(lead), reverse("admin:partnerships_spochandover_cancel", args=[handover.pk])
    assert cancel in client.get(reverse("admin:partnerships_spochandover_change", args=[handover.pk])).content.decode()
    page = client.post(cancel, follow=True)
    assert cancel not in page.content.decode()
    assert SpocAssignment.objects.get(municipality=ixelles).ends_on is None


# --- Who sees and does what ---------------------------------------------------------------------

STATUS = {  # add a hand-over, list of hand-overs, add an absence, workload, its table
    "spoc": (200, 200, 200, 200, 200),
    "lead": (200, 200, 200, 200, 200),
    "administrator": (200, 200, 200, 200, 200),
    "editor": (403, 403, 403, 403, 403),
    "alderman": (404, 404, 404, 404, 404),
    "former": (404, 404, 404, 404, 404),
    "anonymous": (302, 302, 302, 302, 302),
}
PAGES = (ADD, "admin:partnerships_spochandover_changelist", "admin:partnerships_absence_add", WORKLOAD, f"{WORKLOAD}_csv")


def _browser(role: str, place: Municipality, staff_client: StaffClient) -> Client:
    if role == "anonymous":
        return Client()
    return staff_client(UserFactory(**{role: place if role in {"alderman", "former"} else True}))


@pytest.mark.parametrize("role", STATUS)
def test_pages_open_for_the_team_alone(staff_client: StaffClient, ixelles: Municipality, role: str) -> None:
    client = _browser(role, ixelles, staff_client)
    statuses = tuple(client.get(reverse(page)).status_code for page in PAGES)
    expected = STATUS[role] if role != "former" else statuses
    assert statuses == expected
    if role == "former":
        assert set(statuses) <= {302, 404}


@pytest.mark.parametrize(
    ("role", "may"), [("spoc", False), ("lead", True), ("administrator", True), ("editor", False), ("alderman", False)]
)
def test_only_the_lead_hands_over_what_is_somebody_elses(
    staff_client: StaffClient, ixelles: Municipality, old: User, new: User, role: str, may: bool
) -> None:
    client = _browser(role, ixelles, staff_client)
    seen = fingerprint(plan_handover([ixelles], to=new, deputy=None, starts_on=days_from_today(0)))
    client.post(reverse(CONFIRM), _typed(ixelles, new, seen=seen))
    assert SpocHandover.objects.exists() == may


@pytest.mark.parametrize(
    ("role", "own", "others"),
    [("spoc", True, False), ("lead", True, True), ("administrator", True, True), ("editor", False, False)],
)
def test_everybody_enters_their_own_absence_and_the_lead_any(
    staff_client: StaffClient, ixelles: Municipality, new: User, role: str, own: bool, others: bool
) -> None:
    person = UserFactory(**{role: True})
    client, days = staff_client(person), {"starts_on": days_from_today(3).isoformat(), "ends_on": days_from_today(9).isoformat()}
    for officer, may in ((person, own), (new, others)):
        client.post(reverse("admin:partnerships_absence_add"), days | {"officer": officer.pk})
        assert Absence.objects.filter(officer=officer).exists() == may
    theirs = AbsenceFactory(officer=UserFactory(spoc=True), period=since(-20, until=25))
    client.post(reverse("admin:partnerships_absence_delete", args=[theirs.pk]), {"post": "yes"})
    assert Absence.objects.filter(pk=theirs.pk).exists() == (not others)


def test_an_absence_is_told_entered_changed_and_cancelled(staff_client: StaffClient, ixelles: Municipality) -> None:
    spoc = UserFactory(spoc=True)
    client, days = staff_client(spoc), {"officer": spoc.pk, "starts_on": days_from_today(3).isoformat()}
    client.post(reverse("admin:partnerships_absence_add"), days | {"ends_on": days_from_today(9).isoformat()})
    absence = Absence.objects.get()
    change = reverse("admin:partnerships_absence_change", args=[absence.pk])
    client.post(change, days | {"ends_on": days_from_today(6).isoformat()})
    history = client.get(reverse("admin:partnerships_absence_history", args=[absence.pk])).context["changes"]
    assert [(row.by, len(row.fields)) for row in history] == [(spoc, 1), (spoc, 0)]
    client.post(reverse("admin:partnerships_absence_delete", args=[absence.pk]), {"post": "yes"})
    told = [(one.verb, one.actor, one.data["officer"], one.data["until"]) for one in Event.objects.order_by("pk")]
    entered, cancelled, last = Event.Verb.ABSENCE_ENTERED, Event.Verb.ABSENCE_CANCELLED, str(days_from_today(6))
    assert told == [
        (entered, spoc, spoc.pk, str(days_from_today(9))),
        (entered, spoc, spoc.pk, last),
        (cancelled, spoc, spoc.pk, last),
    ]
    assert list(Absence.history.values_list("history_type", "history_user").order_by("history_id"))[-1] == ("-", spoc.pk)


def test_an_absence_that_has_begun_is_shortened_but_not_taken_back(staff_client: StaffClient, ixelles: Municipality) -> None:
    lead, begun = UserFactory(lead=True), AbsenceFactory(officer=UserFactory(spoc=True), period=since(1, until=9))
    assert staff_client(lead).post(reverse("admin:partnerships_absence_delete", args=[begun.pk]), {"post": "yes"}).status_code == 403
    with pytest.raises(AbsenceBegun):
        cancel_absence(begun, by=lead)
    with pytest.raises(AbsenceNotAllowed):
        cancel_absence(begun, by=UserFactory(spoc=True))
    assert Absence.objects.filter(pk=begun.pk).exists()
    assert not Event.objects.exists()


def test_an_absence_that_overlaps_is_refused_beside_the_day(staff_client: StaffClient, ixelles: Municipality) -> None:
    lead, absence = UserFactory(lead=True), AbsenceFactory(officer=UserFactory(spoc=True))
    days = {"officer": absence.officer_id, "starts_on": days_from_today(0).isoformat(), "ends_on": days_from_today(9).isoformat()}
    page = staff_client(lead).post(reverse("admin:partnerships_absence_add"), days)
    assert "starts_on" in page.context["adminform"].form.errors
    assert Absence.objects.count() == 1


# --- Workload -----------------------------------------------------------------------------------


def _work(place: Municipality, officer: User | None) -> None:
    for state in ("submitted", "waiting", "overdue", "closed"):
        RequestFactory(**{state: True}, audit=False, municipality=place, assignee=officer)


def test_the_workload_counts_what_is_open_by_officer_and_municipality(
    staff_client: StaffClient, ixelles: Municipality, uccle: Municipality, old: User
) -> None:
    _work(ixelles, old)
    _work(uccle, old)
    RequestFactory(submitted=True, audit=False, municipality=uccle, assignee=None)
    RequestFactory(draft=True, municipality=ixelles)
    AbsenceFactory(officer=old)
    page = staff_client(UserFactory(lead=True)).get(reverse(WORKLOAD))
    desks = {desk.officer: (desk, away) for desk, away in page.context["desks"]}
    desk, away = desks[old]
    assert away
    assert [(line.municipality, line.assignment is not None) for line in desk.lines] == [(ixelles, True), (uccle, False)]
    assert [(c.open, c.new, c.waiting, c.overdue) for c in (line.counts for line in desk.lines)] == [(3, 1, 1, 1), (3, 1, 1, 1)]
    assert desks[None][0].total.open == 1
    assert page.context["total"].open == ServiceRequest.objects.open().count() == 7


def test_the_workload_says_which_days_have_no_spoc(staff_client: StaffClient, ixelles: Municipality, old: User) -> None:
    page = staff_client(UserFactory(lead=True)).get(reverse(WORKLOAD))
    assert len(page.context["gaps"]) == 18
    assert ixelles not in {gap.municipality for gap in page.context["gaps"]}
    assert reverse(WORKLOAD) in page.client.get(reverse("admin:index")).content.decode()


def test_the_workload_costs_the_same_with_many(
    staff_client: StaffClient,
    ixelles: Municipality,
    django_assert_num_queries: Callable[..., Any],
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    client = staff_client(UserFactory(lead=True))
    _work(ixelles, UserFactory(spoc=True))
    client.get(reverse(WORKLOAD))
    with django_assert_max_num_queries(12) as few:
        client.get(reverse(WORKLOAD))
    for place in Municipality.objects.order_by("pk"):
        officer = SpocAssignmentFactory(municipality=place).officer
        AbsenceFactory(officer=officer)
        _work(place, officer)
    with django_assert_num_queries(len(few)):
        client.get(reverse(WORKLOAD))


def test_the_table_runs_no_formula(staff_client: StaffClient, ixelles: Municipality) -> None:
    villain = UserFactory(spoc=True, first_name="=cmd|'/c calc'!A0", last_name="X")
    SpocAssignmentFactory(municipality=ixelles, officer=villain)
    _work(ixelles, villain)
    page = staff_client(UserFactory(lead=True)).get(reverse(f"{WORKLOAD}_csv"))
    rows = list(csv.reader(io.StringIO(page.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[1][0] == "'=cmd|'/c calc'!A0 X"
    assert rows[1][4:] == ["3", "1", "1", "1"]
    assert "attachment" in page.headers["Content-Disposition"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_every_beginning_of_a_formula_is_neutralised(start: str) -> None:
    assert harmless(f"{start}1+1") == f"'{start}1+1"
    assert harmless(5) == "5"
