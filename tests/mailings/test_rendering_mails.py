"""Every mail of the portal, in French, in Dutch and in both."""

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from mailings import services
from mailings.models import Delivery, Notice
from mailings.rendering import delivery_token, render_mail
from mailings.rendering.mails import wrap_text
from municipalities.models import User
from partnerships.models import Event, ServiceRequest
from tests.factories import (
    ApprovalFactory,
    EventFactory,
    MailingFactory,
    MessageFactory,
    MunicipalityFactory,
    RequestFactory,
    SpocAssignmentFactory,
    UserFactory,
)
from tests.mailings.reading import assert_reads_well, links_in_html, words_of

pytestmark = pytest.mark.django_db

TO_OFFICIAL = ["request_acknowledged", "request_started", "request_asked", "request_completed", "request_closed", "request_declined"]
TO_STAFF = ["request_submitted", "request_answered", "request_withdrawn", "request_assigned", "message_sent"]
OF_MAILING = ["mailing_approval_asked", "mailing_approved", "mailing_sent_back", "mailing_held", "mailing_paused", "mailing_stopped"]
OF_HANDOVER = ["spoc_handover_planned", "spoc_handover_cancelled", "spoc_introduced"]  # tried in test_spocs_introduced.py
OF_AGREEMENTS = ["agreement_ending"]  # tried in test_people_mails.py too
OF_PEOPLE = [  # tried in test_people_mails.py
    "delegation_invited",
    "delegation_accepted",
    "delegation_declined",
    "delegation_revoked",
    "person_welcomed",
]
OF_OUTCOMES = ["association_founded", "follow_up_due", "document_delivered"]  # tried in test_foundings.py and test_library.py
AWKWARD = "L'avenir de la place & <b>ses</b> commerces, 100 %"
STATES = {"request_withdrawn": "withdrawn", "request_declined": "declined", "request_closed": "closed", "request_completed": "completed"}


def _about_a_request(verb: str, language: str) -> tuple[Event, User]:
    place = MunicipalityFactory()
    alderman = UserFactory(alderman=place, correspondence_language=language)
    spoc = UserFactory(spoc=True, correspondence_language=language, phone="+32 2 000 00 07")
    state = {STATES.get(verb, "in_progress"): True}
    request = RequestFactory(**state, municipality=place, asked_by=alderman, assignee=spoc, title=AWKWARD)
    message = MessageFactory(request=request, body="Bonjour,\n\nC'est <i>urgent</i> & simple.", author=alderman)
    hearer = alderman if verb in TO_OFFICIAL else spoc
    actor = spoc if hearer == alderman else alderman
    actor = UserFactory(lead=True) if verb == "request_assigned" else actor
    return EventFactory(verb=verb, subject=request, actor=actor, municipality=place, data={"message": message.pk}), hearer


TURNED = ["request_submitted", "request_answered", "request_reopened", "request_withdrawn"]  # to officials, where the agency asks
TURNED_TO_STAFF = ["request_acknowledged", "request_started", "request_asked", "request_completed", "request_declined"]


def _about_what_the_agency_asks(verb: str, language: str) -> tuple[Event, User]:
    event, _hearer = _about_a_request(verb, language)
    request = event.subject
    alderman, spoc = request.asked_by, request.assignee
    ServiceRequest.objects.filter(pk=request.pk).update(direction="to_municipality", asked_by=spoc)
    hearer, actor = (alderman, spoc) if verb in TURNED else (spoc, alderman)
    told = EventFactory(verb=verb, subject=request, actor=actor, municipality=request.municipality, data=event.data)
    services.pass_over_undecided()
    Notice.objects.filter(event=told).delete()
    return told, hearer


def _about_a_mailing(verb: str, language: str) -> tuple[Event, User]:
    mailing = MailingFactory(in_review=True, subject_fr="L'objet & la suite", subject_nl="Het onderwerp & meer")
    role = "cabinet" if verb == "mailing_approval_asked" else "editor"
    hearer = UserFactory(correspondence_language=language, **{role: True})
    approval = ApprovalFactory(mailing=mailing, comment="C'est à vérifier.")
    return EventFactory(
        verb=verb, subject=mailing, actor=None, data={"approval": approval.pk, "reason": "Une erreur dans le montant.", "skipped": 2}
    ), hearer


def _page_of(event: Event, hearer: User) -> str:
    """Where the mail leads: the administration for staff, the portal for others."""
    about = event.subject
    if hearer.is_staff:
        return f"http://testserver/admin/{about._meta.app_label}/{about._meta.model_name}/{about.pk}/change/"
    return f"http://testserver/{'review' if event.verb in OF_MAILING else 'requests'}/{about.key}/"


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
@pytest.mark.parametrize("verb", [*TO_OFFICIAL, *TO_STAFF, *OF_MAILING])
def test_every_notice_renders(verb: str, language: str) -> None:
    event, hearer = (_about_a_mailing if verb in OF_MAILING else _about_a_request)(verb, language)
    assert services.decide_notices(timezone.now()) >= 1
    mail = Delivery.objects.get(notice__event=event, recipient=hearer)
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)
    assert mail.language == language
    assert mail.body_html.count("<h1") == (2 if language == "both" else 1)
    assert _page_of(event, hearer) in links_in_html(mail.body_html)
    if verb not in OF_MAILING:
        assert event.subject.reference in mail.subject
        assert event.subject.title in mail.body_text
        assert event.subject.title in words_of(mail.body_html)
        assert "> C'est <i>urgent</i> & simple." in mail.body_text
        assert "C'est <i>urgent</i> & simple." in words_of(mail.body_html)


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
@pytest.mark.parametrize("verb", [*TURNED, *TURNED_TO_STAFF])
def test_every_notice_of_what_the_agency_asks_renders(verb: str, language: str) -> None:
    event, hearer = _about_what_the_agency_asks(verb, language)
    services.decide_notices(timezone.now())
    mail = Delivery.objects.get()
    assert (mail.recipient, mail.notice.event) == (hearer, event)
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)
    assert event.subject.reference in mail.subject
    assert "> C'est <i>urgent</i> & simple." in mail.body_text
    assert "gemeente heeft haar aanvraag" not in mail.body_text
    assert "La commune vous a envoyé" not in mail.body_text


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
def test_several_events_of_a_request_read_as_one_mail(language: str, settings: Any) -> None:
    """`request_news`: greeting and address once, each piece with the words that went with it."""
    settings.NOTICES_GATHERED_WITHIN = dt.timedelta(minutes=10)
    first, hearer = _about_a_request("request_acknowledged", language)
    EventFactory(verb="request_asked", subject=first.subject, actor=first.actor, municipality=first.municipality, data=first.data)
    services.decide_notices(timezone.now() + dt.timedelta(minutes=11))
    mail = Delivery.objects.get(recipient=hearer)
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)
    languages = 2 if language == "both" else 1
    assert first.subject.reference in mail.subject
    assert mail.body_html.count("<h1") == languages
    assert mail.body_text.count(AWKWARD) == languages
    assert mail.body_text.count("> C'est <i>urgent</i> & simple.") == 2 * languages
    assert _page_of(first, hearer) in links_in_html(mail.body_html)


def test_every_mail_is_tried_above_or_named_by_a_test_of_its_own() -> None:
    folders = {path.name for path in (Path(settings.BASE_DIR) / "templates/email").iterdir() if path.is_dir()}
    above = {*TO_OFFICIAL, *TO_STAFF, *OF_MAILING, *OF_HANDOVER, *OF_AGREEMENTS, *OF_PEOPLE, "login_code", "mailing"}
    tests = [path.read_text() for path in (Path(settings.BASE_DIR) / "tests").rglob("test_*.py")]
    named = {folder for folder in folders for text in tests if folder in text or folder.upper() in text}
    assert above <= folders
    assert folders - above - named == set()
    for folder in folders:
        files = {path.name for path in (Path(settings.BASE_DIR) / "templates/email" / folder).iterdir()}
        assert {"subject.txt", "body.txt", "body.html"} <= files


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
def test_a_login_code_says_the_code_in_the_body_alone(language: str) -> None:
    person = UserFactory(mayor=MunicipalityFactory(), correspondence_language=language)
    mail = services.queue_login_code(person, code="BCDF-GHJK")
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)
    assert mail.body_text.count("BCDF-GHJK") == words_of(mail.body_html).count("BCDF-GHJK") == (2 if language == "both" else 1)
    assert "BCDF" not in mail.subject
    assert (mail.kind, mail.priority, mail.email, mail.language) == ("login_code", 0, person.email, language)


def test_a_mail_in_both_languages_holds_two_full_versions_and_a_choice_on_top() -> None:
    person, key = UserFactory(mayor=MunicipalityFactory(), correspondence_language="both"), uuid.uuid4()
    context = {"code": "X", "minutes": 10, "recipient": person, "role": "mayor"}
    both = render_mail("login_code", language="both", key=key, context=context)
    for language in ("fr", "nl"):
        one = render_mail("login_code", language=language, key=key, context=context)
        assert one.text.strip() in both.text
        choice = f"http://testserver/m/{delivery_token(key)}/language/{language}/"
        assert choice in links_in_html(both.html)
        assert both.text.index(choice) < both.text.index("=== ")
        assert choice not in one.html + one.text
        assert f'lang="{language}"' in both.html


def test_a_person_is_greeted_by_their_role() -> None:
    greetings = set()
    for role in ("mayor", "alderman", "", "staff"):
        person = UserFactory(first_name="Camille")
        context = {"code": "X", "minutes": 1, "recipient": person, "role": role}
        mail = render_mail("login_code", language="fr", key=uuid.uuid4(), context=context)
        greetings.add(mail.text.splitlines()[2])
        assert ("Camille" in mail.text) == (role == "staff")
    assert len(greetings) == 4


def test_the_contact_of_a_request_is_its_assignee_and_nobody_elses_data_is_there() -> None:
    event, hearer = _about_a_request("request_started", "fr")
    SpocAssignmentFactory(municipality=event.municipality)
    other = UserFactory(mayor=event.municipality)
    services.decide_notices(timezone.now())
    mail = Delivery.objects.get(notice__event=event)
    assert event.subject.assignee.email in mail.body_text
    assert "+32 2 000 00 07" in mail.body_text
    assert other.email not in mail.body_text + mail.body_html
    assert mail.recipient == hearer


@pytest.mark.parametrize("mark", [";", ":", "?", "!", "»"])
def test_no_line_of_a_mail_begins_with_a_mark_that_french_sets_apart(mark: str) -> None:
    for length in range(60, 80):
        lines = wrap_text(f"{'x' * length} mot {mark} la suite de la phrase, encore un peu plus longue").splitlines()
        assert not any(line.startswith(mark) for line in lines)
        assert f"mot {mark} " in " ".join(lines)
