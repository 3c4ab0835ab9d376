"""Mail to a body of the Region: at its address, in its language, without an account, through the delivery engine like any other."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from mailings import services
from mailings.audience import still_wanted
from mailings.delivery.sending import deliver_batch
from mailings.models import Delivery, Notice
from partnerships.models import Body, Event, Forwarding
from partnerships.services import forwardings, question_answers, questions
from partnerships.services.question_clock import tell_of_questions
from partnerships.working_days import add_working_days
from tests.factories import BodyFactory, ForwardingFactory, MunicipalityFactory, QuestionFactory, UserFactory, days_from_today
from tests.mailings.reading import assert_reads_well, links_in_html, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def spoc() -> Any:
    return UserFactory(spoc=True)


def _forward(spoc: Any, language: str = "nl") -> Forwarding:
    place = MunicipalityFactory()
    asker = UserFactory(alderman=place, last_name="Van Zwijgen", phone="+32 2 000 77 77")
    question = QuestionFactory(
        municipality=place, asked_by=asker, title="L'avenir & <b>ses</b> commerces", is_urgent=True, urgent_reason="Vite."
    )
    body = BodyFactory(language=language)
    reply_by = add_working_days(timezone.localdate(), 3)
    return forwardings.forward_question(question, by=spoc, body=body, reply_by=reply_by, note="Merci d'avance.")


def _mail(forwarding: Forwarding) -> Delivery:
    services.decide_notices(timezone.now())
    return Delivery.objects.filter(forwarding=forwarding).latest("pk")


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
def test_a_body_reads_the_question_and_the_municipality_and_no_person_who_asked(spoc: Any, language: str) -> None:
    forwarding = _forward(spoc, language)
    mail = _mail(forwarding)
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)
    assert (mail.recipient, mail.email, mail.language, mail.reply_to) == (None, forwarding.body.email, language, spoc.email)
    assert mail.body_html.count("<h1") == (2 if language == "both" else 1)
    for told in (forwarding.question.title, forwarding.question.words, "Merci d'avance.", "Vite."):
        assert told in mail.body_text
        assert told in words_of(mail.body_html)
    for secret in ("Van Zwijgen", forwarding.question.asked_by.email, "000 77 77"):
        assert secret not in mail.body_text + mail.body_html


def test_the_link_in_the_mail_leads_to_the_reply_and_from_there_to_the_answer(spoc: Any) -> None:
    forwarding = _forward(spoc)
    (link,) = [link for link in links_in_html(_mail(forwarding).body_html) if "/questions/reply/" in link]
    path = link.removeprefix("http://testserver")
    client = Client()
    assert client.get(path).status_code == 200
    client.post(path, {"reply_nl": "Ja, tot twintig uur."})
    forwarding.question.refresh_from_db()
    assert forwarding.question.state == "replied"
    services.decide_notices(timezone.now())
    assert Delivery.objects.filter(recipient=spoc, notice__event__verb="question_replied").exists()


def test_it_leaves_through_the_engine_once(spoc: Any, mailoutbox: Any) -> None:
    forwarding = _forward(spoc)
    mail = _mail(forwarding)
    services.decide_notices(timezone.now())
    assert Delivery.objects.filter(forwarding=forwarding).count() == 1
    deliver_batch()
    mail.refresh_from_db()
    assert mail.state == Delivery.State.SENT
    assert [message.to for message in mailoutbox if message.to == [forwarding.body.email]] == [[forwarding.body.email]]


def test_at_the_last_moment_it_is_asked_again(spoc: Any) -> None:
    forwarding = _forward(spoc)
    mail = _mail(forwarding)
    assert still_wanted([mail], timezone.localdate()) == {mail.pk: None}
    Body.objects.filter(pk=forwarding.body_id).update(email="elsewhere@example.org")
    assert still_wanted([mail], timezone.localdate()) == {mail.pk: "address_changed"}
    Body.objects.filter(pk=forwarding.body_id).update(email=mail.email)
    forwardings.reply_to(forwarding, reply_fr="Oui.", reply_nl="")
    assert still_wanted([mail], timezone.localdate()) == {mail.pk: "no_longer_concerned"}


def test_a_body_is_released_whichever_way_the_question_ends(spoc: Any) -> None:
    """The mail `body_released`: no reply is needed any more."""
    taken, withdrawn, merged, answered = (_forward(spoc) for _number in range(4))
    services.pass_over_undecided()
    forwardings.take_back(taken.question, by=spoc, reason="Nous savons.")
    questions.withdraw_question(withdrawn.question, by=withdrawn.question.asked_by)
    questions.merge_question(merged.question, by=spoc, into=QuestionFactory(in_progress=True))
    second = ForwardingFactory(question=answered.question, by=spoc)
    forwardings.reply_to(answered, reply_fr="Oui.", reply_nl="")
    answered.question.refresh_from_db()
    words = dict.fromkeys(question_answers.NEEDED, "x")
    question = question_answers.draft_answer(answered.question, by=spoc, revision=answered.question.revision, **words)
    reviewer = UserFactory(spoc=True)
    question = question_answers.ask_review(question, by=spoc, reviewer=reviewer)
    question_answers.answer_question(question, by=reviewer, revision=question.revision)
    services.decide_notices(timezone.now())
    for forwarding in (taken, withdrawn, merged, second):
        mail = Delivery.objects.get(forwarding=forwarding)
        assert_reads_well(mail.subject, mail.body_text, mail.body_html)
        assert "/questions/reply/" not in mail.body_text + mail.body_html
        assert still_wanted([mail], timezone.localdate()) == {mail.pk: None}
    assert not Delivery.objects.filter(forwarding=answered).exists()


@pytest.mark.parametrize("days", [1, -1])
def test_a_body_is_reminded_before_and_after_its_day(spoc: Any, days: int) -> None:
    """The mail `body_reminded`, with the link to reply by."""
    forwarding = ForwardingFactory(by=spoc, reply_by=days_from_today(days))
    assert tell_of_questions(timezone.now()) == (1 if days < 0 or days_from_today(1) <= add_working_days(timezone.localdate(), 1) else 0)
    mail = _mail(forwarding)
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)
    assert "/questions/reply/" in mail.body_text


def test_a_second_body_replies_after_the_first(spoc: Any) -> None:
    first = _forward(spoc)
    question = first.question
    question.refresh_from_db()
    second = forwardings.forward_question(question, by=spoc, body=BodyFactory(), reply_by=add_working_days(timezone.localdate(), 3))
    forwardings.reply_to(first, reply_fr="Oui.", reply_nl="")
    forwardings.reply_to(second, reply_fr="", reply_nl="Ja.")
    question.refresh_from_db()
    assert question.state == "replied"
    assert Event.objects.about(question).filter(verb="question_replied").count() == 2


def test_a_mail_has_one_reader(spoc: Any) -> None:
    forwarding = _forward(spoc)
    _mail(forwarding)
    notice = Notice.objects.latest("pk")
    fields = {"kind": "notice", "priority": 1, "notice": notice, "email": "a@example.org", "language": "fr"}
    for wrong in ({}, {"recipient": spoc, "forwarding": forwarding}):
        with pytest.raises(IntegrityError, match="delivery_to_one_reader"), transaction.atomic():
            Delivery.objects.create(**fields, **wrong)
