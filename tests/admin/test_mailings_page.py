"""The mailing's page: both languages side by side, saved by its service, every step at its own address."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from mailings.models import Delivery, Mailing, Run, StandIn
from mailings.services import edit_mailing, pause_run
from municipalities.models import Municipality, User
from tests.admin.conftest import StaffClient
from tests.factories import DeliveryFactory, MailingFactory, MailPreferenceFactory, MeasureFactory, RunFactory, UserFactory

pytestmark = pytest.mark.django_db
State = Mailing.State


@pytest.fixture
def editor() -> User:
    return UserFactory(editor=True, interface_language="en", first_name="Olivier", last_name="Plumereau")


@pytest.fixture
def desk(staff_client: StaffClient, editor: User) -> Client:
    return staff_client(editor)


@pytest.fixture
def lead(staff_client: StaffClient) -> Client:
    return staff_client(UserFactory(lead=True, interface_language="en"))


@pytest.fixture
def stand_in(staff_client: StaffClient) -> Client:
    """The browser of a colleague who gives the cabinet's verdict today."""
    today, person = timezone.localdate(), UserFactory(lead=True, interface_language="en")
    StandIn.objects.create(person=person, named_by=UserFactory(cabinet=True), first_day=today, last_day=today)
    return staff_client(person)


def page(mailing: Mailing) -> str:
    return reverse("admin:mailings_mailing_change", args=[mailing.pk])


def step(name: str, mailing: Mailing) -> str:
    return reverse(f"admin:mailings_mailing_{name}", args=[mailing.pk])


def as_typed(client: Client, mailing: Mailing, **changed: Any) -> dict[str, Any]:
    """Everything the page's form would send back, with some of it typed anew."""
    context = client.get(page(mailing)).context
    typed: dict[str, Any] = {name: context["form"][name].value() for name in context["form"].fields}
    formset = context["item_forms"]
    typed |= {f"items-{name}": formset.management_form[name].value() for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    for form in formset:
        typed |= {form.add_prefix(name): form[name].value() for name in form.fields}
    return {name: value for name, value in (typed | changed).items() if value not in (None, False)}


def said(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


# --- New ----------------------------------------------------------------------------------------


def test_new_weekly_mailing_is_made_once_for_a_week(desk: Client) -> None:
    MeasureFactory(title_fr="Prime")
    year, week, _day = timezone.localdate().isocalendar()
    for _click in range(2):
        answer = desk.post(reverse("admin:mailings_mailing_weekly"), {"week": f"{year}-W{week:02d}"})
        assert answer["Location"] == page(Mailing.objects.get(iso_year=year, iso_week=week))
    assert Mailing.objects.get().items.get().title_fr == "Prime"


def test_week_that_is_not_offered_is_refused(desk: Client) -> None:
    assert desk.post(reverse("admin:mailings_mailing_weekly"), {"week": "2019-W60"}).status_code == 200
    assert Mailing.objects.count() == 0


def test_new_urgent_mailing(desk: Client) -> None:
    answer = desk.post(reverse("admin:mailings_mailing_urgent"))
    assert answer["Location"] == page(Mailing.objects.get(kind="urgent"))


def test_who_does_not_edit_makes_none(lead: Client) -> None:
    assert lead.post(reverse("admin:mailings_mailing_urgent")).status_code == 403
    assert lead.get(reverse("admin:mailings_mailing_add")).status_code == 403


# --- Writing ------------------------------------------------------------------------------------


def test_what_is_typed_is_saved_in_both_languages(desk: Client) -> None:
    mailing = MailingFactory(items=2)
    typed = as_typed(desk, mailing, subject_nl="Nieuw onderwerp", **{"items-1-body_fr": "Autre texte"})
    answer = desk.post(page(mailing), typed, follow=True)
    mailing.refresh_from_db()
    assert said(answer) == "Saved."
    assert mailing.subject_nl == "Nieuw onderwerp"
    assert mailing.items.order_by("position")[1].body_fr == "Autre texte"
    assert mailing.items.count() == 2


def test_state_and_approval_are_never_changed_by_posting_them(desk: Client) -> None:
    mailing = MailingFactory()
    desk.post(page(mailing), as_typed(desk, mailing, state="approved", scheduled_for="2030-01-01", kind="urgent"))
    mailing.refresh_from_db()
    assert (mailing.state, mailing.scheduled_for, mailing.kind) == (State.DRAFT, None, "weekly")


@pytest.mark.parametrize(
    ("move", "expected"),
    [("1:up", "BAC"), ("1:down", "ACB"), ("0:up", "ABC"), ("2:down", "ABC"), ("9:up", "ABC"), ("x", "ABC")],
)
def test_items_move_by_buttons(desk: Client, move: str, expected: str) -> None:
    mailing = MailingFactory(items=3)
    typed = as_typed(desk, mailing, **{f"items-{number}-title_fr": letter for number, letter in enumerate("ABC")})
    desk.post(page(mailing), typed | {"move": move})
    assert "".join(item.title_fr for item in mailing.items.order_by("position", "pk")) == expected


def test_items_follow_their_numbers_are_added_and_removed(desk: Client) -> None:
    mailing = MailingFactory(items=3)
    typed = as_typed(desk, mailing, **{f"items-{number}-title_fr": letter for number, letter in enumerate("ABC")})
    desk.post(page(mailing), typed | {"items-0-position": "9", "items-1-remove": "on"})
    assert [item.title_fr for item in mailing.items.order_by("position")] == ["C", "A"]
    measure = MeasureFactory(title_nl="Herstelpremie")
    desk.post(page(mailing), as_typed(desk, mailing, add="1", measure_to_add=measure.pk))
    assert mailing.items.order_by("position").last().title_nl == "Herstelpremie"
    desk.post(page(mailing), as_typed(desk, mailing, add="1"))
    assert mailing.items.count() == 4


def test_change_of_an_approved_mailing_is_told_to_void_the_approval(desk: Client) -> None:
    mailing = MailingFactory(approved=True)
    assert b"voids the approval" in desk.get(page(mailing)).content
    answer = desk.post(page(mailing), as_typed(desk, mailing, intro_fr="Autre"), follow=True)
    mailing.refresh_from_db()
    assert mailing.state == State.DRAFT
    assert "the approval is void" in said(answer)


def test_saving_without_a_change_keeps_the_approval(desk: Client) -> None:
    mailing = MailingFactory(approved=True)
    answer = desk.post(page(mailing), as_typed(desk, mailing), follow=True)
    mailing.refresh_from_db()
    assert (mailing.state, said(answer)) == (State.APPROVED, "Saved.")


def test_second_to_save_is_told_and_loses_nothing(desk: Client) -> None:
    mailing = MailingFactory(items=2)
    typed = as_typed(desk, mailing, subject_fr="Mon objet", **{"items-0-body_nl": "Mijn tekst"})
    colleague = UserFactory(editor=True, first_name="Nora", last_name="Vermeersch")
    edit_mailing(mailing, by=colleague, revision=mailing.revision, fields={"subject_fr": "Son objet"}, items=[])
    answer = desk.post(page(mailing), typed)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "Nora Vermeersch saved this mailing while you were writing" in body
    assert {"Son objet", "Mon objet", "Mijn tekst"} <= {word for word in ("Son objet", "Mon objet", "Mijn tekst") if word in body}
    mailing.refresh_from_db()
    assert mailing.subject_fr == "Son objet"
    again = {name: answer.context["form"][name].value() for name in answer.context["form"].fields}
    for form in answer.context["item_forms"]:
        again |= {form.add_prefix(name): form[name].value() for name in form.fields}
    again |= {"items-TOTAL_FORMS": "2", "items-INITIAL_FORMS": "2"}
    desk.post(page(mailing), {name: value for name, value in again.items() if value not in (None, False)})
    mailing.refresh_from_db()
    assert mailing.subject_fr == "Mon objet"
    assert mailing.items.order_by("position").first().body_nl == "Mijn tekst"


def test_wrong_link_is_refused_beside_it(desk: Client) -> None:
    mailing = MailingFactory()
    answer = desk.post(page(mailing), as_typed(desk, mailing, subject_fr="Gardé", **{"items-0-source_url": "pas une adresse"}))
    assert "source_url" in answer.context["item_forms"].forms[0].errors
    assert b'value="Gard\xc3\xa9"' in answer.content


def test_what_lacks_a_language_is_listed(desk: Client) -> None:
    mailing = MailingFactory(intro_nl="")
    answer = desk.get(page(mailing))
    assert len(answer.context["missing"]) == 1
    answer = desk.post(step("ask_approval", mailing), follow=True)
    assert "Not yet complete" in said(answer)
    mailing.refresh_from_db()
    assert mailing.state == State.DRAFT


@pytest.mark.parametrize("state", ["sending", "sent"])
def test_what_has_gone_out_is_read_and_never_changed(desk: Client, state: str) -> None:
    mailing = MailingFactory(**{state: True})
    answer = desk.get(page(mailing))
    assert answer.context["may_edit"] is False
    typed = {"revision": mailing.revision, "subject_fr": "Trop tard", "subject_nl": "Te laat", "audience_roles": ["mayor"]}
    answer = desk.post(page(mailing), typed | {"items-TOTAL_FORMS": "0", "items-INITIAL_FORMS": "0"})
    assert answer.status_code == 409
    assert "Trop tard" in answer.content.decode()
    mailing.refresh_from_db()
    assert mailing.subject_fr != "Trop tard"


def test_who_reads_alone_sees_no_form_and_cannot_save(lead: Client) -> None:
    mailing = MailingFactory()
    answer = lead.get(page(mailing))
    assert answer.context["may_edit"] is False
    assert lead.post(page(mailing), {"subject_fr": "x"}).status_code == 403


# --- Approval -----------------------------------------------------------------------------------


def test_asking_approving_and_sending_back(desk: Client, stand_in: Client) -> None:
    mailing = MailingFactory()
    desk.post(step("ask_approval", mailing))
    mailing.refresh_from_db()
    assert mailing.state == State.IN_REVIEW
    assert desk.post(step("approve", mailing), {"shown_hash": mailing.content_hash()}).status_code == 403
    shown = stand_in.get(page(mailing)).context["approve_form"]["shown_hash"].value()
    stand_in.post(step("send_back", mailing), {"shown_hash": shown, "comment": "Le montant"})
    mailing.refresh_from_db()
    assert mailing.state == State.DRAFT
    assert mailing.approvals.get().comment == "Le montant"
    desk.post(step("ask_approval", mailing))
    stand_in.post(step("approve", mailing), {"shown_hash": shown})
    mailing.refresh_from_db()
    assert mailing.state == State.APPROVED
    assert "Le montant" in desk.get(page(mailing)).content.decode()


def test_sending_back_needs_a_word(lead: Client) -> None:
    mailing = MailingFactory(in_review=True)
    answer = lead.post(step("send_back", mailing), {"shown_hash": mailing.content_hash(), "comment": " "})
    assert "comment" in answer.context["send_back_form"].errors


def test_approval_of_what_is_no_longer_shown_is_refused(stand_in: Client) -> None:
    mailing = MailingFactory(in_review=True)
    answer = stand_in.post(step("approve", mailing), {"shown_hash": "0" * 64}, follow=True)
    assert "The content changed after this page was shown" in said(answer)
    mailing.refresh_from_db()
    assert mailing.state == State.IN_REVIEW


# --- Sending ------------------------------------------------------------------------------------


def test_scheduling_takes_brussels_time_and_refuses_the_past(desk: Client) -> None:
    mailing = MailingFactory(approved=True)
    answer = desk.post(step("schedule", mailing), {"at_0": "2020-01-06", "at_1": "10:00"})
    assert "at" in answer.context["schedule_form"].errors
    ahead = timezone.localtime() + dt.timedelta(days=3)
    desk.post(step("schedule", mailing), {"at_0": f"{ahead:%Y-%m-%d}", "at_1": "10:30"})
    mailing.refresh_from_db()
    assert mailing.state == State.SCHEDULED
    assert timezone.localtime(mailing.scheduled_for).strftime("%Y-%m-%d %H:%M") == f"{ahead:%Y-%m-%d} 10:30"
    desk.post(step("unschedule", mailing))
    mailing.refresh_from_db()
    assert (mailing.state, mailing.scheduled_for) == (State.APPROVED, None)


def test_hour_skipped_by_summer_time_is_refused(desk: Client) -> None:
    mailing = MailingFactory(approved=True)
    answer = desk.post(step("schedule", mailing), {"at_0": "2031-03-30", "at_1": "02:30"})
    assert "at" in answer.context["schedule_form"].errors


def test_sending_is_asked_twice_with_the_numbers(desk: Client, ixelles: Municipality) -> None:
    mailing = MailingFactory(approved=True)
    UserFactory(alderman=ixelles, correspondence_language="nl")
    UserFactory(mayor=ixelles, correspondence_language="both")
    MailPreferenceFactory(user=UserFactory(alderman=ixelles))
    answer = desk.get(step("send", mailing))
    with translation.override("en"):
        assert {str(label): count for label, count in answer.context["counts"]} == {"French": 0, "Dutch": 1, "French and Dutch": 1}
    assert len(answer.context["left_out"]) == 1
    assert not Run.objects.exists()
    sent = desk.post(step("send", mailing))
    run = Run.objects.get()
    assert sent["Location"] == reverse("admin:mailings_run_change", args=[run.pk])
    assert run.deliveries.pending().count() == 2


def test_sending_without_approval_is_refused(desk: Client, lead: Client) -> None:
    mailing = MailingFactory()
    assert "not possible any more" in said(desk.post(step("send", mailing), follow=True))
    assert lead.post(step("send", mailing)).status_code == 403
    assert not Run.objects.exists()


def test_test_mail_goes_to_oneself_alone(desk: Client, editor: User, lead: Client) -> None:
    mailing = MailingFactory()
    desk.post(step("test", mailing), {"language": "nl"})
    delivery = Delivery.objects.get()
    assert (delivery.kind, delivery.recipient, delivery.language) == ("test", editor, "nl")
    assert lead.post(step("test", mailing), {"language": "nl"}).status_code == 403


def test_preview_shows_both_languages_in_frames_that_can_do_nothing(desk: Client) -> None:
    mailing = MailingFactory(intro_nl="Voorbeeld <script>alert(1)</script>")
    body = desk.get(step("preview", mailing)).content.decode()
    assert body.count("<iframe") == body.count('" sandbox ') == 4
    frame = desk.get(reverse("admin:mailings_mailing_frame", args=[mailing.pk, "nl"]))
    assert "<script>alert" not in frame.content.decode()
    policy = frame["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src 'none'" in policy
    assert desk.get(reverse("admin:mailings_mailing_frame", args=[mailing.pk, "de"])).status_code == 404


def test_audience_is_listed_with_mandates(desk: Client, ixelles: Municipality) -> None:
    mailing = MailingFactory()
    UserFactory(alderman=ixelles, last_name="Van Lissewal")
    body = desk.get(step("audience", mailing)).content.decode()
    assert "Van Lissewal" in body
    assert "Alderman / alderwoman, Ixelles" in body


@pytest.mark.parametrize("name", ["ask_approval", "approve", "send_back", "schedule", "unschedule", "test"])
def test_reading_the_address_of_a_step_changes_nothing(desk: Client, name: str) -> None:
    assert desk.get(step(name, MailingFactory())).status_code == 405


# --- On its way ---------------------------------------------------------------------------------


def test_run_is_paused_and_resumed_by_who_may_send(desk: Client, lead: Client) -> None:
    run = RunFactory()
    DeliveryFactory(mailing=True, run=run)
    pause, resume = (reverse(f"admin:mailings_run_{name}", args=[run.pk]) for name in ("pause", "resume"))
    assert lead.post(pause).status_code == 403
    desk.post(pause)
    run.refresh_from_db()
    assert run.state == Run.State.PAUSED
    desk.post(resume)
    run.refresh_from_db()
    assert run.state == Run.State.RUNNING


def test_progress_has_a_number_per_state(desk: Client) -> None:
    run = RunFactory()
    DeliveryFactory.create_batch(2, mailing=True, run=run, sent=True)
    DeliveryFactory(mailing=True, run=run, failed=True)
    progress = desk.get(reverse("admin:mailings_run_change", args=[run.pk])).context["progress"]
    assert {bar.name: bar.count for bar in progress.bars if bar.count} == {"planned": 3, "sent": 2, "failed": 1}
    assert (progress.settled, progress.total) == (3, 3)
    for bar in progress.bars:
        assert len(desk.get(bar.url).context["cl"].result_list) == bar.count


@pytest.mark.parametrize(("answer", "state"), [("arrived", "sent"), ("again", "pending")])
def test_doubts_are_settled_by_who_may_send(desk: Client, lead: Client, answer: str, state: str) -> None:
    doubt = DeliveryFactory(mailing=True, in_doubt=True)
    address = reverse(f"admin:mailings_delivery_{answer}", args=[doubt.pk])
    assert lead.post(address).status_code == 403
    assert doubt.email in desk.get(reverse("admin:mailings_run_change", args=[doubt.run_id])).content.decode()
    desk.post(address)
    doubt.refresh_from_db()
    assert doubt.state == state


def test_paused_sending_is_on_the_first_page(desk: Client, editor: User) -> None:
    run = RunFactory()
    pause_run(run, by=editor)
    [tile] = desk.get(reverse("admin:index")).context["boards"].mail
    assert [one.pk for one in desk.get(tile.url).context["cl"].result_list] == [run.pk]


def test_mails_about_requests_and_codes_are_not_for_editors(desk: Client, lead: Client) -> None:
    code = DeliveryFactory(login_code=True, sent=True, body_text="Code 123456", subject="Votre code 123456")
    notice = DeliveryFactory(notice_mail=True, sent=True)
    mail = DeliveryFactory(mailing=True, sent=True)
    listed = "admin:mailings_delivery_changelist"
    assert {one.pk for one in desk.get(reverse(listed)).context["cl"].result_list} == {mail.pk}
    assert {one.pk for one in lead.get(reverse(listed)).context["cl"].result_list} == {code.pk, notice.pk, mail.pk}
    assert "123456" not in lead.get(reverse("admin:mailings_delivery_change", args=[code.pk])).content.decode()
    assert desk.get(reverse("admin:mailings_delivery_change", args=[notice.pk])).status_code != 200


def test_delivery_filters(desk: Client, ixelles: Municipality) -> None:
    here = DeliveryFactory(mailing=True, recipient=UserFactory(alderman=ixelles), sent=True)
    DeliveryFactory(mailing=True, failed=True)
    address = reverse("admin:mailings_delivery_changelist")
    for query in ({"municipality": "IXL"}, {"run": here.run_id}, {"state__exact": "sent"}):
        assert [one.pk for one in desk.get(address, query).context["cl"].result_list] == [here.pk]
