"""The cabinet's page: who gets in, what they see, and that a verdict is on exactly what was shown."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from mailings import services
from mailings.models import Approval, Mailing
from municipalities.models import Mandate, Municipality, Portfolio, User
from partnerships.models import Event
from tests.factories import ApprovalFactory, MailingFactory, MunicipalityFactory, UserFactory
from tests.mailings.reading import words_of

pytestmark = pytest.mark.django_db
State = Mailing.State


def enter(client: Client, person: User | None) -> Client:
    """Log a person in as the second factor would leave them."""
    if person:
        client.force_login(person)
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa"}]
        session.save()
    return client


def _person(name: str, place: Municipality) -> User | None:
    if name == "anonymous":
        return None
    if name in {"alderman", "former"}:
        return UserFactory(**{name: place})
    if name == "other_alderman":
        return UserFactory(alderman=MunicipalityFactory())
    return UserFactory(**{name: True})


CAST = {
    "alderman": 404,
    "other_alderman": 404,
    "former": 302,
    "spoc": 404,
    "editor": 404,
    "administrator": 404,
    "lead": 404,
    "cabinet": 200,
    "anonymous": 302,
}


@pytest.mark.parametrize(("who", "status"), CAST.items(), ids=list(CAST))
def test_who_gets_to_the_review(client: Client, who: str, status: int) -> None:
    place, mailing = MunicipalityFactory(), MailingFactory(in_review=True)
    enter(client, _person(who, place))
    assert client.get(reverse("reviews")).status_code == (200 if who == "lead" else status), "the lead names stand-ins there"
    assert client.get(reverse("review", args=[mailing.key])).status_code == status
    preview = client.get(reverse("mailing_preview", args=[mailing.key, "both"]))
    may_edit = who in {"spoc", "editor", "administrator", "lead"}
    assert preview.status_code == (200 if may_edit else status)
    for name in ("review_approve", "review_send_back"):
        form = {"shown_hash": "0" * 64, "comment": "Non."}
        answer = client.post(reverse(name, args=[mailing.key]), form)
        assert answer.status_code == (409 if status == 200 else status), "let in, but this is not what was shown"
    mailing.refresh_from_db()
    assert mailing.state == State.IN_REVIEW
    assert not mailing.approvals.exists()


@pytest.fixture
def cabinet(client: Client) -> User:
    person = UserFactory(cabinet=True)
    enter(client, person)
    return person


def _shown_hash(page: str) -> str:
    return re.search(r'name="shown_hash" value="([0-9a-f]{64})"', page)[1]


def test_a_draft_never_put_before_the_cabinet_is_not_there(client: Client, cabinet: User) -> None:
    draft = MailingFactory()
    assert client.get(reverse("review", args=[draft.key])).status_code == 404
    assert client.get(reverse("mailing_preview", args=[draft.key, "fr"])).status_code == 404
    assert draft.subject_fr not in client.get(reverse("reviews")).content.decode()


def test_a_draft_that_was_before_the_cabinet_once_can_still_be_read(client: Client, cabinet: User) -> None:
    editor = UserFactory(editor=True)
    mailing = services.ask_approval(MailingFactory(), by=editor)
    services.edit_mailing(mailing, by=editor, revision=mailing.revision, fields={"subject_nl": ""})
    page = client.get(reverse("review", args=[mailing.key]))
    assert page.status_code == 200
    assert 'name="shown_hash"' not in page.content.decode()


def test_both_versions_stand_side_by_side(client: Client, cabinet: User) -> None:
    mailing = MailingFactory(in_review=True)
    page = client.get(reverse("review", args=[mailing.key])).content.decode()
    words = words_of(page)
    for language in ("fr", "nl"):
        assert getattr(mailing, f"subject_{language}") in words
        assert f'<article class="card" lang="{language}">' in page
        assert all(getattr(item, f"title_{language}") in words for item in mailing.items.all())
    assert _shown_hash(page) == mailing.content_hash()
    assert page.count("<h1") == 1


def test_the_reviewer_sees_who_receives_it_for_that_is_approved_too(client: Client, cabinet: User) -> None:
    UserFactory(mayor=MunicipalityFactory())
    UserFactory(officer=MunicipalityFactory())
    mailing = MailingFactory(in_review=True, audience_roles=["mayor", "secretary"], audience_portfolios=["tourism"])
    with translation.override("fr"):
        labels = [str(label) for label in (Mandate.Role.MAYOR.label, Mandate.Role.SECRETARY.label, Portfolio.TOURISM.label)]
        other = str(Mandate.Role.OFFICER.label)
    User.objects.filter(pk=cabinet.pk).update(interface_language="fr")
    words = words_of(client.get(reverse("review", args=[mailing.key])).content.decode())
    assert all(label in words for label in labels)
    assert other not in words
    assert "À ce jour, 1 personne." in words or "As of today, 1 person." in words


def test_approving_what_was_shown(client: Client, cabinet: User) -> None:
    mailing = MailingFactory(in_review=True)
    shown = _shown_hash(client.get(reverse("review", args=[mailing.key])).content.decode())
    answer = client.post(reverse("review_approve", args=[mailing.key]), {"shown_hash": shown, "comment": ""})
    assert answer.status_code == 302
    assert answer["Location"] == reverse("reviews")
    mailing.refresh_from_db()
    assert mailing.state == State.APPROVED
    approval = mailing.approvals.get()
    assert (approval.by, approval.verdict, approval.content_hash) == (cabinet, Approval.Verdict.APPROVED, shown)
    assert Event.objects.about(mailing).get(verb=Event.Verb.MAILING_APPROVED).actor == cabinet


def test_a_stale_verdict_is_refused_with_the_new_text_and_the_comment_kept(client: Client, cabinet: User) -> None:
    mailing = MailingFactory(in_review=True)
    shown = _shown_hash(client.get(reverse("review", args=[mailing.key])).content.decode())
    services.edit_mailing(mailing, by=UserFactory(editor=True), revision=1, fields={"intro_fr": "Le montant corrigé."})
    for name in ("review_approve", "review_send_back"):
        answer = client.post(reverse(name, args=[mailing.key]), {"shown_hash": shown, "comment": "Tout me va & merci"})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Le montant corrigé." in page
        assert "Tout me va &amp; merci" in page
        assert 'role="alert"' in page
        assert _shown_hash(page) not in {shown, ""}
    mailing.refresh_from_db()
    assert mailing.state == State.IN_REVIEW
    assert not mailing.approvals.exists()
    again = client.post(reverse("review_approve", args=[mailing.key]), {"shown_hash": _shown_hash(page), "comment": ""})
    assert again.status_code == 302


def test_sending_back_needs_a_comment(client: Client, cabinet: User) -> None:
    mailing = MailingFactory(in_review=True)
    url = reverse("review_send_back", args=[mailing.key])
    answer = client.post(url, {"shown_hash": mailing.content_hash(), "comment": " "})
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    answer = client.post(url, {"shown_hash": mailing.content_hash(), "comment": "Vérifiez le montant."})
    assert answer.status_code == 302
    mailing.refresh_from_db()
    assert (mailing.state, mailing.approvals.get().comment) == (State.DRAFT, "Vérifiez le montant.")
    assert "Vérifiez le montant." in client.get(reverse("review", args=[mailing.key])).content.decode()


def test_the_second_of_two_verdicts_is_told_that_it_came_too_late(client: Client, cabinet: User) -> None:
    mailing = MailingFactory(in_review=True)
    form = {"shown_hash": mailing.content_hash(), "comment": ""}
    client.post(reverse("review_approve", args=[mailing.key]), form)
    answer = client.post(reverse("review_approve", args=[mailing.key]), form, follow=True)
    assert answer.status_code == 200
    assert mailing.approvals.count() == 1


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_verdict_is_never_given_by_looking(client: Client, cabinet: User, method: str) -> None:
    mailing = MailingFactory(in_review=True)
    for name in ("review_approve", "review_send_back"):
        assert getattr(client, method)(reverse(name, args=[mailing.key])).status_code == 405


def test_the_preview_lets_styles_through_and_no_scripts(client: Client, cabinet: User) -> None:
    answer = client.get(reverse("mailing_preview", args=[MailingFactory(in_review=True).key, "nl"]))
    policy = {part.split()[0]: part.split()[1:] for part in answer["Content-Security-Policy"].split("; ")}
    assert "'unsafe-inline'" in policy["style-src"]
    assert policy["script-src"] == ["'self'"]
    assert "'self'" in policy["frame-ancestors"]
    assert "{{" not in answer.content.decode()
    plain = client.get(reverse("reviews"))
    assert "unsafe-inline" not in plain["Content-Security-Policy"]


def test_the_list_costs_the_same_however_long(client: Client, cabinet: User, django_assert_max_num_queries) -> None:
    for _number in range(12):
        ApprovalFactory(mailing=MailingFactory(in_review=True), by=UserFactory(cabinet=True))
    with django_assert_max_num_queries(8):
        page = client.get(reverse("reviews"))
    assert page.content.decode().count('class="row__title"') == 24


def test_the_comment_field_takes_no_novels(client: Client, cabinet: User) -> None:
    mailing = MailingFactory(in_review=True)
    form = {"shown_hash": mailing.content_hash(), "comment": "x" * 2001}
    assert client.post(reverse("review_approve", args=[mailing.key]), form).status_code == 422
    assert settings.CSRF_COOKIE_HTTPONLY
