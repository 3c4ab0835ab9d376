"""The mailing as people get it: the common part once, the personal part their own, the headers a mail program relies on."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mailings import services
from mailings.models import Delivery, Mailing
from mailings.rendering import build_messages, delivery_token
from mailings.rendering import mailing as rendering_of_mailing
from municipalities.models import User
from tests.factories import (
    DeliveryFactory,
    MailingFactory,
    MailingItemFactory,
    MandateFactory,
    MunicipalityFactory,
    RequestFactory,
    SpocAssignmentFactory,
    UserFactory,
)
from tests.mailings.reading import assert_reads_well, links_in_html, words_of

pytestmark = pytest.mark.django_db


def _send(mailing: Mailing | None = None) -> dict[int, object]:
    """The messages of a mailing by recipient."""
    run = services.plan_run(mailing or MailingFactory(approved=True), by=None)
    deliveries = list(run.deliveries.all())
    messages = build_messages(deliveries)
    return {delivery.recipient_id: messages[delivery.pk] for delivery in deliveries}


def _html(message: object) -> str:
    (part,) = message.alternatives
    assert part[1] == "text/html"
    return part[0]


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
def test_a_mailing_renders(language: str) -> None:
    place = MunicipalityFactory()
    person = UserFactory(mayor=place, correspondence_language=language)
    SpocAssignmentFactory(municipality=place, officer__phone="+32 2 000 00 07")
    RequestFactory(waiting=True, municipality=place, title="L'axe & la place")
    mailing = MailingFactory(approved=True, intro_fr="C'est **décidé** & <b>publié</b>.", intro_nl="Het is **beslist** & <b>bekend</b>.")
    message = _send(mailing)[person.pk]
    assert_reads_well(message.subject, message.body, _html(message))
    for version, other in (("fr", "nl"), ("nl", "fr")):
        is_there = language in {version, "both"}
        assert (getattr(mailing, f"subject_{version}") in message.subject) == is_there
        for item in mailing.items.all():
            assert (getattr(item, f"title_{version}") in message.body) == is_there
            assert (getattr(item, f"title_{version}") in words_of(_html(message))) == is_there
        assert (f'id="{version}"' in _html(message)) == is_there, other
    assert "L'axe & la place" in message.body
    assert "L'axe & la place" in words_of(_html(message))
    assert ("décidé & <b>publié</b>." in message.body) == (language != "nl")


def test_the_message_as_it_goes_over_the_wire_has_no_line_too_long() -> None:
    UserFactory(mayor=MunicipalityFactory(), correspondence_language="both")
    mailing = MailingFactory(approved=False, items=0)
    MailingItemFactory(mailing=mailing, body_fr="mot " * 900, body_nl="é" * 1500)
    mailing.state = Mailing.State.IN_REVIEW
    mailing.save()
    services.approve_mailing(mailing, by=UserFactory(cabinet=True), shown_hash=mailing.content_hash())
    (message,) = _send(mailing).values()
    assert all(len(line) <= 998 for line in message.message().as_bytes().splitlines())


def test_the_headers() -> None:
    UserFactory(mayor=MunicipalityFactory(), correspondence_language="both")
    run = services.plan_run(MailingFactory(approved=True), by=None)
    delivery = run.deliveries.get()
    message = build_messages([delivery])[delivery.pk].message()
    token = delivery_token(delivery.key)
    assert message["Message-ID"] == f"<{delivery.key}@portal.example.org>"
    assert message["To"] == delivery.email
    assert message["Content-Language"] == "fr, nl"
    assert message["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[\w.-]+>", message["List-Id"])
    assert message["List-Unsubscribe"] == f"<http://testserver/m/{token}/unsubscribe/>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Reply-To"] == "local-partnerships@example.org"
    assert message["Date"]
    assert message["Precedence"] is None
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    again = build_messages([Delivery.objects.get(pk=delivery.pk)])[delivery.pk].message()
    assert dict(again.items()) == dict(message.items()) | {"Content-Type": again["Content-Type"]}, "all but the boundary"


@pytest.mark.parametrize("trait", ["login_code", "notice_mail"])
def test_what_is_about_ones_own_business_cannot_be_unsubscribed(trait: str) -> None:
    delivery = DeliveryFactory(**{trait: True}, body_html="<p>Bonjour</p>")
    message = build_messages([delivery])[delivery.pk].message()
    assert message["List-Unsubscribe"] is None
    assert message["Reply-To"] is None
    assert message["Message-ID"] == delivery.message_id
    assert message["Auto-Submitted"] == "auto-generated"


# --- The personal part --------------------------------------------------------------------------


def test_each_reads_their_own_requests_and_contact_and_nobody_elses() -> None:
    places = [MunicipalityFactory(), MunicipalityFactory()]
    people = [UserFactory(alderman=place) for place in places]
    spocs = [SpocAssignmentFactory(municipality=place).officer for place in places]
    requests = [RequestFactory(in_progress=True, municipality=place) for place in places]
    messages = _send()
    for mine, other in ((0, 1), (1, 0)):
        message = messages[people[mine].pk]
        for part in (message.body, words_of(_html(message))):
            assert requests[mine].reference in part
            assert spocs[mine].email in part
            assert requests[other].reference not in part
            assert spocs[other].email not in part
            assert people[other].email not in part


def test_whose_turn_it_is_is_said_and_ones_own_turn_comes_first() -> None:
    place = MunicipalityFactory()
    person = UserFactory(mayor=place)
    theirs = RequestFactory(in_progress=True, municipality=place)
    mine = RequestFactory(waiting=True, municipality=place)
    for state in ("draft", "closed", "declined", "withdrawn"):
        RequestFactory(**{state: True}, municipality=place, title=f"Rien à voir {state}")
    message = _send()[person.pk]
    assert message.body.index(mine.reference) < message.body.index(theirs.reference)
    assert "Rien à voir" not in message.body + _html(message)
    lines = message.body.splitlines()
    turns = [lines[number + 1] for number, line in enumerate(lines) if line.startswith(place.code)]
    assert len(set(turns)) == 2
    assert f"http://testserver/requests/{mine.key}/" in links_in_html(_html(message))


def test_five_requests_are_shown_and_the_rest_counted() -> None:
    place = MunicipalityFactory()
    person = UserFactory(mayor=place)
    for _number in range(8):
        RequestFactory(submitted=True, municipality=place)
    message = _send()[person.pk]
    assert message.body.count(f"\n{place.code}-") == 5
    assert "3" in re.findall(r"\n(.*)\nhttp://testserver/requests/\n", message.body)[0]


def test_two_municipalities_mean_both_contacts() -> None:
    places = [MunicipalityFactory(), MunicipalityFactory()]
    person = UserFactory(alderman=places)
    names = [SpocAssignmentFactory(municipality=place).officer.full_name for place in places]
    message = _send()[person.pk]
    assert all(name in message.body and name in words_of(_html(message)) for name in names)


def test_the_deputy_stands_in_where_there_is_no_spoc() -> None:
    place = MunicipalityFactory()
    person = UserFactory(mayor=place)
    deputy = SpocAssignmentFactory(municipality=place, deputy=True).officer
    ended = SpocAssignmentFactory(municipality=place, ended=True).officer
    message = _send()[person.pk]
    assert deputy.email in message.body
    assert ended.email not in message.body


def test_without_requests_and_spoc_there_is_no_empty_box() -> None:
    person = UserFactory(mayor=MunicipalityFactory())
    assert 'class="box"' not in _html(_send()[person.pk])


def test_each_has_links_of_their_own() -> None:
    for _number in range(2):
        UserFactory(mayor=MunicipalityFactory(), correspondence_language="both")
    one, two = (links_in_html(_html(message)) for message in _send().values())
    assert {link.rsplit("/", 2)[-2] for link in one - two} == {"preferences", "unsubscribe", "fr", "nl"}


def test_a_text_of_the_editors_cannot_take_a_personal_place() -> None:
    UserFactory(mayor=MunicipalityFactory())
    mailing = MailingFactory(in_review=True, intro_fr="@@box_fr-000000000000@@")
    services.approve_mailing(mailing, by=UserFactory(cabinet=True), shown_hash=mailing.content_hash())
    (message,) = _send(mailing).values()
    assert "@@box_fr-000000000000@@" in message.body


# --- Cost ---------------------------------------------------------------------------------------


def _people(number: int) -> list[User]:
    people = []
    for _number in range(number):
        place = MunicipalityFactory()
        SpocAssignmentFactory(municipality=place)
        RequestFactory(waiting=True, municipality=place, asked_by=UserFactory(officer=place))
        people.append(UserFactory(mayor=place))
        MandateFactory(user=people[-1], role="alderman")
    return people


def _queries(deliveries: list[Delivery]) -> int:
    with CaptureQueriesContext(connection) as captured:
        build_messages(deliveries)
    return len(captured)


def test_a_batch_of_twenty_costs_the_queries_of_a_batch_of_two() -> None:
    _people(20)
    run = services.plan_run(MailingFactory(approved=True), by=None)
    deliveries = list(run.deliveries.order_by("pk"))
    assert len(deliveries) == 20
    assert _queries(deliveries[:2]) == _queries(deliveries) <= 6


def test_the_common_part_is_rendered_once_per_language(monkeypatch: pytest.MonkeyPatch) -> None:
    _people(6)
    laid_out = []
    lay_out = rendering_of_mailing.lay_out
    monkeypatch.setattr(rendering_of_mailing, "lay_out", lambda *args, **kwargs: laid_out.append(1) or lay_out(*args, **kwargs))
    _send()
    assert len(laid_out) == 1


# --- Test mails ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
def test_a_test_mail_goes_to_the_editor_alone_marked_as_such(language: str) -> None:
    editor = UserFactory(editor=True)
    UserFactory(mayor=MunicipalityFactory())
    delivery = services.queue_test_mail(MailingFactory(), by=editor, language=language)
    assert_reads_well(delivery.subject, delivery.body_text, delivery.body_html)
    assert delivery.subject.startswith("[Test] ")
    assert (delivery.recipient, delivery.kind, delivery.language, Delivery.objects.count()) == (editor, "test", language, 1)


@pytest.mark.parametrize("who", ["spoc", "cabinet", "lead"])
def test_others_send_no_test_mails(who: str) -> None:
    with pytest.raises(services.MailingActionNotAllowed):
        services.queue_test_mail(MailingFactory(), by=UserFactory(**{who: True}), language="fr")
