"""Staff draw up a consultation, invite its circle, change it, hold it, and publish what was agreed."""

import datetime as dt
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from municipalities.models import User
from partnerships.models import Consultation, ConsultationAction, Event
from tests.factories import ConsultationActionFactory, ConsultationFactory, InvitationFactory, MunicipalityFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "admin:partnerships_consultation_changelist"
PAGE = "admin:partnerships_consultation_change"


def _enter(user: User) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
    session.save()
    return client


@pytest.fixture
def editor() -> Client:
    return _enter(UserFactory(editor=True))


def _typed(**changed: Any) -> dict[str, Any]:
    starts_at = timezone.localtime(timezone.now() + dt.timedelta(days=12)).replace(hour=10, minute=0)
    return {
        "title_fr": "Commerce et chantiers", "title_nl": "Handel en werven", "host_fr": "La Secrétaire d'État",
        "host_nl": "De staatssecretaris", "agenda_fr": "Accueil", "agenda_nl": "Verwelkoming",
        "starts_at_0": f"{starts_at:%Y-%m-%d}", "starts_at_1": "10:00", "ends_at_0": f"{starts_at:%Y-%m-%d}", "ends_at_1": "12:00",
        "link": "https://meet.example.org/x", "roles": ["alderman"], "seen": "",
    } | changed  # fmt: skip


def _address(name: str, consultation: Consultation) -> str:
    return reverse(f"admin:partnerships_consultation_{name}", args=[consultation.pk])


def test_from_the_draft_to_the_published_minutes(editor: Client) -> None:
    alderman = UserFactory(alderman=MunicipalityFactory())
    editor.post(reverse("admin:partnerships_consultation_add"), _typed())
    consultation = Consultation.objects.get()
    page = editor.get(reverse(PAGE, args=[consultation.pk])).content.decode()
    assert alderman.full_name in page
    editor.post(_address("invite", consultation))
    editor.post(reverse(PAGE, args=[consultation.pk]), _typed(place="Chaussée de Charleroi 110"))
    consultation.refresh_from_db()
    assert (consultation.state, consultation.sequence) == ("invited", 1)
    Consultation.objects.update(starts_at=timezone.now() - dt.timedelta(hours=2), ends_at=timezone.now())
    invitation = consultation.invitations.get()
    editor.post(_address("presence", consultation), {"attended": [invitation.pk]})
    editor.post(_address("minutes", consultation), {"minutes_fr": "Texte", "minutes_nl": "Tekst", "for_all": "on"})
    fields = {"what_fr": "Faire", "what_nl": "Doen", "holder": "agency", "due_on": f"{timezone.localdate() + dt.timedelta(days=30)}"}
    editor.post(_address("action", consultation), fields)
    assert _address("publish", consultation) in editor.get(_address("minutes", consultation)).content.decode()
    editor.post(_address("publish", consultation))
    consultation.refresh_from_db()
    assert (consultation.state, consultation.minutes_for_all) == ("published", True)
    assert consultation.invitations.get().attended is True
    editor.post(reverse("admin:partnerships_consultation_action_done", args=[ConsultationAction.objects.get().pk]))
    assert ConsultationAction.objects.get().done_on == timezone.localdate()
    assert editor.get(_address("minutes", consultation)).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"ends_at_1": "09:00"}, "ends_at"),
        ({"link": "", "place": ""}, "link"),
        ({"starts_at_0": "2020-01-01"}, "starts_at"),
        ({"seats": "0"}, "seats"),
        ({"title_nl": ""}, "title_nl"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_the_words_stay(editor: Client, typed: dict[str, str], field: str) -> None:
    answer = editor.post(reverse("admin:partnerships_consultation_add"), _typed(**typed))
    assert field in answer.context["adminform"].form.errors
    assert "Commerce et chantiers" in answer.content.decode()
    assert not Consultation.objects.exists()


def test_an_action_without_its_holder_is_refused_beside_the_field(editor: Client) -> None:
    consultation = ConsultationFactory(held=True)
    typed = {"what_fr": "Faire", "what_nl": "Doen", "holder": "municipality", "due_on": "2030-01-01"}
    answer = editor.post(_address("action", consultation), typed)
    assert "municipality" in answer.context["action_form"].errors
    assert not ConsultationAction.objects.exists()


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_the_invitation_is_shown_before_it_goes_out_in_a_frame_that_runs_nothing(editor: Client, language: str) -> None:
    consultation = ConsultationFactory()
    answer = editor.get(reverse("admin:partnerships_consultation_preview", args=[consultation.pk, language]))
    assert getattr(consultation, f"title_{language}") in answer.content.decode()
    assert "script-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not Event.objects.exists()


def test_it_is_called_off_with_a_reason_in_both_languages(editor: Client) -> None:
    consultation = ConsultationFactory(announced=True)
    assert editor.post(_address("cancel", consultation), {"reason_fr": "Grève"}).context["form"].errors
    editor.post(_address("cancel", consultation), {"reason_fr": "Grève", "reason_nl": "Staking"})
    assert Consultation.objects.get().state == "cancelled"
    assert editor.get(reverse(PAGE, args=[consultation.pk])).status_code == HTTPStatus.OK


@pytest.mark.parametrize("role", ["editor", "lead", "administrator", "spoc"])
def test_the_menu_leads_to_consultations_and_their_actions(role: str) -> None:
    menu = _enter(UserFactory(**{role: True})).get(reverse("admin:index")).context["menu"]
    urls = [link.url for group in menu for link in group.links]
    assert {reverse(LIST), reverse("admin:partnerships_consultationaction_changelist")} <= set(urls)


ACTS = ["invite", "renew", "cancel", "presence", "minutes", "publish", "action"]


@pytest.mark.parametrize("act", ACTS)
def test_the_spoc_looks_and_does_nothing(act: str) -> None:
    consultation = ConsultationFactory(held=True)
    client = _enter(UserFactory(spoc=True))
    assert client.get(reverse(PAGE, args=[consultation.pk])).status_code == HTTPStatus.OK
    assert client.post(_address(act, consultation), {}).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("who", ["alderman", "former", "cabinet"])
@pytest.mark.parametrize("act", ACTS)
def test_nobody_of_a_municipality_or_cabinet_comes_near(who: str, act: str) -> None:
    person = UserFactory(cabinet=True) if who == "cabinet" else UserFactory(**{who: MunicipalityFactory()})
    consultation = ConsultationFactory(held=True)
    client = _enter(person)
    assert client.post(_address(act, consultation), {}).status_code in {302, 403, 404}
    assert client.get(reverse(LIST)).status_code in {302, 403, 404}
    assert Consultation.objects.get().state == "held"
    assert not ConsultationAction.objects.exists()


def test_the_lists_cost_the_same_however_long(editor: Client, django_assert_max_num_queries: Any) -> None:
    for _ in range(6):
        InvitationFactory()
        ConsultationActionFactory()
    for name in (LIST, "admin:partnerships_consultationaction_changelist"):
        with django_assert_max_num_queries(12):
            assert editor.get(reverse(name)).status_code == HTTPStatus.OK
