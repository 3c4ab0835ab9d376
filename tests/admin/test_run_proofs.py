"""The proof of information: each municipality, each group, why not, and what was done; as page and files, to the right readers."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mailings.models import Delivery, Mailing, Notice, Run
from mailings.proof import MAYOR, OTHERS, TRADE, Row, alarms_open, history_of, proof_of
from mailings.proof_files import proof_html, proof_lines
from mailings.proof_picture import picture_of
from mailings.services import MailingActionNotAllowed, decide_notices, plan_run, send_again, tell_otherwise, unsubscribe
from municipalities.models import Municipality, User
from partnerships.models import Event
from partnerships.pdf import can_make_pdf
from partnerships.services.events import record_event
from tests.admin.conftest import StaffClient
from tests.factories import MailingFactory, MandateFactory, UserFactory

pytestmark = pytest.mark.django_db
State = Delivery.State
OF_RUN = ("proof", "proof_svg", "proof_csv")


@pytest.fixture
def college(ixelles: Municipality) -> dict[str, User]:
    return {
        "mayor": UserFactory(mayor=ixelles),
        "trade": MandateFactory(municipality=ixelles, role="alderman", portfolios=["trade"]).user,
        "mobility": MandateFactory(municipality=ixelles, role="alderman", portfolios=["mobility"]).user,
    }


def sent_run() -> Run:
    """A sending that is over: every mail that was not skipped arrived."""
    run = plan_run(MailingFactory(approved=True), by=None)
    run.deliveries.filter(state=State.PENDING).update(state=State.SENT, sent_at=timezone.now())
    finished(run)
    return run


def finished(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(state=Run.State.DONE, finished_at=timezone.now())
    Mailing.objects.filter(run=run).update(state=Mailing.State.SENT)
    run.refresh_from_db()


def row_of(run: Run, code: str = "IXL") -> Row:
    return next(row for row in proof_of(run).rows if row.municipality.code == code)


def address(run: Run, name: str = "proof", *args: str) -> str:
    return reverse(f"admin:mailings_run_{name}", args=[run.pk, *args])


# --- The numbers --------------------------------------------------------------------------------


def test_each_group_has_its_numbers_and_its_reasons(ixelles: Municipality, college: dict[str, User]) -> None:
    out = MandateFactory(municipality=ixelles, role="alderman", portfolios=["mobility"]).user
    unsubscribe(out)
    run = sent_run()
    run.deliveries.filter(recipient=college["trade"]).update(state=State.FAILED, sent_at=None, response="550 5.1.1 unknown")
    run.deliveries.filter(recipient=college["mobility"]).update(state=State.UNKNOWN, sent_at=None)
    cells = row_of(run).cells
    assert [cells[group].short for group in (MAYOR, TRADE, OTHERS)] == ["1/1", "0/1", "0/2"]
    assert [cells[group].tone for group in (MAYOR, TRADE, OTHERS)] == ["all", "no", "no"]
    assert (cells[TRADE].bounced, cells[OTHERS].outcomes["in_doubt"], cells[OTHERS].reasons) == (1, 1, {"unsubscribed": 1})


def test_a_person_of_two_offices_in_one_municipality_is_counted_once_in_the_first(ixelles: Municipality) -> None:
    person = UserFactory(mayor=ixelles)
    MandateFactory(user=person, municipality=ixelles, role="alderman", portfolios=["trade"])
    assert [cell.total for cell in row_of(sent_run()).cells] == [1, 0, 0]


def test_who_left_since_counts_where_they_stood_when_it_was_sent(ixelles: Municipality, college: dict[str, User]) -> None:
    run = sent_run()
    mandate = college["mayor"].mandates.get()
    mandate.period = (mandate.period.lower, timezone.localdate() + dt.timedelta(days=1))
    mandate.save()
    assert row_of(run).cells[MAYOR].arrived == 1


def test_every_municipality_has_a_row_and_those_not_meant_have_none(ixelles: Municipality) -> None:
    run = sent_run()
    assert len(proof_of(run).rows) == 19
    Mailing.objects.filter(run=run).update(audience_municipalities=[ixelles.pk])
    assert [row.municipality for row in proof_of(Run.objects.get(pk=run.pk)).rows] == [ixelles]


def test_an_institution_counts_among_the_others(ixelles: Municipality) -> None:
    Municipality.objects.filter(pk=ixelles.pk).update(mail_address="commune@example.org")
    run = plan_run(MailingFactory(approved=True, audience_circles=["institution"]), by=None)
    run.deliveries.update(state=State.SENT, sent_at=timezone.now())
    assert [cell.short for cell in row_of(run).cells] == ["–", "–", "1/1"]


def test_the_proof_costs_the_same_for_few_and_for_many(ixelles: Municipality, uccle: Municipality) -> None:
    UserFactory(mayor=ixelles)
    taken = []
    for number in (1, 8):
        for _one in range(number):
            UserFactory(alderman=uccle)
        run = sent_run()
        with CaptureQueriesContext(connection) as queries:
            proof_of(run)
        taken.append(len(queries))
    assert taken[0] == taken[1] <= 5


# --- The alarm ----------------------------------------------------------------------------------


def unreached(run: Run) -> set[str]:
    return {row.municipality.code for row in proof_of(run).alarms}


def test_a_municipality_that_nobody_reached_is_an_alarm_until_it_was_informed(college: dict[str, User], ixelles: Municipality) -> None:
    run, spoc = sent_run(), UserFactory(spoc=True)
    assert "IXL" not in unreached(run)
    run.deliveries.update(state=State.FAILED, sent_at=None)
    assert "IXL" in unreached(run)
    assert (run, "IXL") in {(one, row.municipality.code) for one, row in alarms_open(timezone.now())}
    event = tell_otherwise(run, ixelles, by=spoc, way="phone", on=timezone.localdate(), whom="Le bourgmestre", note="Rappelé à 14 h")
    assert (event.actor, event.municipality, event.data["way"]) == (spoc, ixelles, "phone")
    assert "IXL" not in unreached(run)
    assert "IXL" not in {row.municipality.code for _run, row in alarms_open(timezone.now())}


def test_while_a_sending_goes_on_nothing_is_alarming(college: dict[str, User]) -> None:
    run = plan_run(MailingFactory(approved=True), by=None)
    assert proof_of(run).alarms == []


def test_a_mail_sent_again_that_arrives_ends_the_alarm_and_is_told(college: dict[str, User], ixelles: Municipality) -> None:
    run, editor = sent_run(), UserFactory(editor=True)
    run.deliveries.update(state=State.FAILED, sent_at=None)
    send_again(run, to=college["mayor"], by=editor)
    run.deliveries.filter(recipient=college["mayor"]).update(state=State.SENT, sent_at=timezone.now())
    assert "IXL" not in unreached(run)
    assert [done.event.verb for done in row_of(run).done] == [Event.Verb.DELIVERY_RESENT]


def test_editors_and_lead_get_a_mail_where_nobody_was_reached_and_none_otherwise(college: dict[str, User], ixelles: Municipality) -> None:
    editor, lead = UserFactory(editor=True), UserFactory(lead=True, correspondence_language="both")
    UserFactory(spoc=True)
    run = sent_run()
    Mailing.objects.filter(run=run).update(audience_municipalities=[ixelles.pk])
    reached = record_event(Event.Verb.MAILING_SENT, run.mailing, by=None, data={"run": run.pk})
    decide_notices(timezone.now())
    assert not Notice.objects.get(event=reached).deliveries.exists()
    run.deliveries.update(state=State.FAILED, sent_at=None)
    missed = record_event(Event.Verb.MAILING_SENT, run.mailing, by=None, data={"run": run.pk})
    decide_notices(timezone.now())
    mails = Notice.objects.get(event=missed).deliveries.all()
    assert {mail.recipient for mail in mails} == {editor, lead}
    both = mails.get(recipient=lead)
    assert "- Ixelles" in both.body_text
    assert "- Elsene" in both.body_text
    assert address(run) in both.body_html


def test_first_page_shows_it_until_something_is_done(staff_client: StaffClient, college: dict[str, User], ixelles: Municipality) -> None:
    run, lead = sent_run(), UserFactory(lead=True)
    Mailing.objects.filter(run=run).update(audience_municipalities=[ixelles.pk])
    desk = staff_client(lead)
    assert desk.get(reverse("admin:index")).context["boards"].unreached == []
    run.deliveries.update(state=State.FAILED, sent_at=None)
    assert address(run) in desk.get(reverse("admin:index")).content.decode()
    tell_otherwise(run, ixelles, by=lead, way="letter", on=timezone.localdate(), whom="La secrétaire communale")
    assert desk.get(reverse("admin:index")).context["boards"].unreached == []


# --- Informed otherwise -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"),
    [({"way": "pigeon"}, "way"), ({"whom": " "}, "whom"), ({"days": 1}, "on"), ({"days": -400}, "on")],
    ids=["another way", "nobody", "to come", "before the sending"],
)
def test_what_was_done_needs_a_way_a_person_and_a_day(ixelles: Municipality, given: dict[str, object], field: str) -> None:
    run, spoc = sent_run(), UserFactory(spoc=True)
    on = timezone.localdate() + dt.timedelta(days=int(str(given.pop("days", 0))))
    with pytest.raises(ValidationError) as refused:
        tell_otherwise(run, ixelles, by=spoc, **{"way": "phone", "whom": "Le maire", "on": on} | given)
    assert field in refused.value.message_dict
    assert not Event.objects.filter(verb=Event.Verb.TOLD_OTHERWISE).exists()


def test_nobody_else_writes_it_down_and_not_before_it_went_out(ixelles: Municipality) -> None:
    run, words = sent_run(), {"way": "phone", "whom": "Le maire", "on": timezone.localdate()}
    for person in (UserFactory(alderman=ixelles), UserFactory(cabinet=True), UserFactory(spoc=True, is_active=False)):
        with pytest.raises(MailingActionNotAllowed):
            tell_otherwise(run, ixelles, by=person, **words)


def test_the_form_keeps_what_was_typed_and_its_words_stand_on_the_page(staff_client: StaffClient, ixelles: Municipality) -> None:
    run, desk = sent_run(), staff_client(UserFactory(spoc=True))
    form = address(run, "told", "IXL")
    refused = desk.post(form, {"way": "phone", "on": "2001-01-01", "whom": "Mme la Bourgmestre", "note": ""})
    assert refused.status_code == 422
    assert 'id="id_on_error"' in refused.content.decode()
    assert "Mme la Bourgmestre" in refused.content.decode()
    desk.post(form, {"way": "phone", "on": timezone.localdate().isoformat(), "whom": "Mme la Bourgmestre", "note": "<b>Rappel</b>"})
    page = desk.get(address(run)).content.decode()
    assert "Mme la Bourgmestre" in page
    assert "&lt;b&gt;Rappel" in page


# --- Who sees it, and the files -----------------------------------------------------------------


@pytest.mark.parametrize(("who", "status"), [("alderman", 404), ("cabinet", 404), ("spoc", 200), ("lead", 200), ("editor", 200)])
def test_who_sees_the_proof(staff_client: StaffClient, ixelles: Municipality, who: str, status: int) -> None:
    run, visitor = sent_run(), staff_client(UserFactory(**{who: ixelles if who == "alderman" else True}))
    for name in OF_RUN:
        assert visitor.get(address(run, name)).status_code == status
    assert visitor.get(address(run, "told", "IXL")).status_code == status
    for name in ("over_time", "over_time_svg"):
        assert visitor.get(reverse(f"admin:mailings_run_{name}", args=["IXL"])).status_code == status


def test_former_officials_and_strangers_see_nothing(client: Client, ixelles: Municipality) -> None:
    run = sent_run()
    for person in (None, UserFactory(former=ixelles)):
        if person:
            client.force_login(person)
        for url in (address(run), address(run, "proof_pdf"), reverse("review_proof", args=[run.mailing.key])):
            assert client.get(url).status_code in {302, 404}


def test_no_file_and_no_picture_names_a_person_or_an_address(college: dict[str, User], ixelles: Municipality) -> None:
    run = sent_run()
    tell_otherwise(run, ixelles, by=UserFactory(spoc=True), way="phone", on=timezone.localdate(), whom="Mme Confidentielle", note="Privé")
    lines = "\n".join(";".join(line) for line in proof_lines(proof_of(run)))
    for words in (lines, proof_html(run)):
        assert "@" not in words
        for secret in ("Mme Confidentielle", "Privé", *(person.last_name for person in college.values())):
            assert secret not in words
    assert len(proof_lines(proof_of(run))) == 1 + 19 * 3


def test_the_pdf_has_both_languages_in_full(ixelles: Municipality) -> None:
    page = proof_html(sent_run())
    assert re.search(r'<article[^>]*lang="fr">.*Ixelles.*<article[^>]*lang="nl">.*Elsene', page, re.DOTALL)


@pytest.mark.skipif(not can_make_pdf(), reason="this machine has no Pango")
def test_team_and_cabinet_fetch_the_pdf_and_nobody_else(staff_client: StaffClient, client: Client, ixelles: Municipality) -> None:
    run = sent_run()
    answer = staff_client(UserFactory(editor=True)).get(address(run, "proof_pdf"))
    assert answer.content.startswith(b"%PDF")
    of_cabinet = reverse("review_proof", args=[run.mailing.key])
    for person, status in ((UserFactory(cabinet=True), 200), (UserFactory(alderman=ixelles), 404)):
        client.force_login(person)
        assert client.get(of_cabinet).status_code == status
    unsent = MailingFactory(in_review=True)
    client.force_login(UserFactory(cabinet=True))
    assert client.get(reverse("review_proof", args=[unsent.key])).status_code == 404
    assert of_cabinet in client.get(reverse("review", args=[run.mailing.key])).content.decode()


def test_the_picture_says_in_words_what_it_shows(staff_client: StaffClient, college: dict[str, User]) -> None:
    run = sent_run()
    answer = staff_client(UserFactory(lead=True)).get(address(run, "proof_svg"))
    assert answer["Content-Type"].startswith("image/svg+xml")
    picture = picture_of([("Ixelles", row_of(run))])
    assert [tile.words for tile in picture.lines[0].tiles] == ["1/1", "1/1", "1/1"]
    assert picture.lines[0].spoken in answer.content.decode()


def test_over_time_has_each_mailing_meant_for_it(college: dict[str, User], ixelles: Municipality, uccle: Municipality) -> None:
    first, elsewhere, last = sent_run(), sent_run(), sent_run()
    Mailing.objects.filter(run=elsewhere).update(audience_municipalities=[uccle.pk])
    last.deliveries.filter(recipient=college["mayor"]).update(state=State.FAILED, sent_at=None)
    past = history_of(ixelles)
    assert [one.run for one in past] == [last, first]
    assert [one.row.cells[MAYOR].short for one in past] == ["0/1", "1/1"]
