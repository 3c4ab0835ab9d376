"""Who hears of a question to the Region, and that each mail reads well in French, in Dutch and in both."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from mailings import services
from mailings.models import Delivery
from municipalities.models import User
from partnerships.models import Event, Question
from partnerships.services import question_answers
from partnerships.services.question_clock import tell_of_questions
from partnerships.working_days import add_working_days
from tests.factories import EventFactory, ForwardingFactory, MunicipalityFactory, QuestionFactory, UserFactory, days_from_today
from tests.mailings.reading import assert_reads_well, links_in_html, words_of

pytestmark = pytest.mark.django_db
AWKWARD = "L'avenir de la place & <b>ses</b> commerces, 100 %"
STATES = {
    "question_answered": "answered",
    "question_published": "published",
    "question_unpublished": "answered",
    "question_superseded": "published",
    "question_merged": "merged_away",
    "question_declined": "declined",
    "question_withdrawn": "withdrawn",
    "question_forwarded": "forwarded",
    "question_outdated": "published",
    "question_review_asked": "in_review",
    "question_sent_back": "drafted",
}
TO_ASKER = [
    "question_forwarded",
    "question_answered",
    "question_published",
    "question_unpublished",
    "question_superseded",
    "question_merged",
    "question_declined",
]
TO_STAFF = [
    "question_asked",
    "question_assigned",
    "question_replied",
    "question_review_asked",
    "question_sent_back",
    "question_withdrawn",
    "question_outdated",
    "question_reminded",
]


def _told(verb: str, language: str, **fields: Any) -> tuple[Event, User, User]:
    place = MunicipalityFactory()
    asker = UserFactory(alderman=place, correspondence_language=language)
    holder = UserFactory(spoc=True, correspondence_language=language)
    state = {STATES[verb]: True} if verb in STATES else {}
    drafted = {"drafted_by": holder} if verb == "question_sent_back" else {}
    question = QuestionFactory(municipality=place, asked_by=asker, assignee=holder, title=AWKWARD, **state, **drafted, **fields)
    forwarding = ForwardingFactory(question=question)
    data = {"forwarding": forwarding.pk, "reviewer": holder.pk, "moment": "passed", "day": str(days_from_today(-1))}
    actor = UserFactory(spoc=True) if verb != "question_asked" else asker
    return EventFactory(verb=verb, subject=question, actor=actor, municipality=place, data=data), asker, holder


@pytest.mark.parametrize("language", ["fr", "nl", "both"])
@pytest.mark.parametrize("verb", [*TO_ASKER, *TO_STAFF])
def test_every_mail_about_a_question_reads_well(verb: str, language: str) -> None:
    event, asker, holder = _told(verb, language)
    UserFactory(lead=True)
    services.decide_notices(timezone.now())
    hearer = asker if verb in TO_ASKER else holder
    mail = Delivery.objects.get(notice__event=event, recipient=hearer)
    assert_reads_well(mail.subject, mail.body_text, mail.body_html)
    assert AWKWARD in mail.body_text
    assert AWKWARD in words_of(mail.body_html)
    assert mail.body_html.count("<h1") == (2 if language == "both" else 1)
    question = event.subject
    page = f"questions/{question.key}" if hearer == asker else f"admin/partnerships/question/{question.pk}/change"
    assert f"http://testserver/{page}/" in links_in_html(mail.body_html)
    heard = set(Delivery.objects.filter(notice__event=event, recipient__is_staff=False).values_list("recipient", flat=True))
    assert heard == ({asker.pk} if verb in TO_ASKER else set())


@pytest.mark.parametrize("verb", [*TO_ASKER, *TO_STAFF])
def test_nobody_of_another_municipality_or_without_a_mandate_hears(verb: str) -> None:
    event, asker, _holder = _told(verb, "fr")
    UserFactory(alderman=MunicipalityFactory())
    UserFactory(cabinet=True)
    UserFactory(editor=True)
    asker.mandates.all().delete()
    services.decide_notices(timezone.now())
    heard = User.objects.filter(deliveries__notice__event=event)
    assert all(person.is_staff and person.has_perm("partnerships.handle_question") for person in heard)


def test_the_answer_itself_stands_in_the_mail_in_the_askers_language() -> None:
    event, asker, _holder = _told("question_answered", "nl")
    services.decide_notices(timezone.now())
    mail = Delivery.objects.get(notice__event=event, recipient=asker)
    assert event.subject.answer_nl in mail.body_text
    assert event.subject.answer_fr not in mail.body_text


def test_who_asked_the_same_gets_the_answer_and_nothing_of_the_other() -> None:
    asker = UserFactory(alderman=MunicipalityFactory())
    question = QuestionFactory(in_review=True, title="Ce que l'autre demande", words="Ses mots")
    twin = QuestionFactory(merged_away=True, merged_into=question, asked_by=asker, municipality=asker.mandates.get().municipality)
    question_answers.answer_question(question, by=UserFactory(spoc=True), revision=question.revision)
    services.decide_notices(timezone.now())
    mail = Delivery.objects.get(recipient=asker)
    assert question.answer_fr in mail.body_text
    assert twin.title in mail.body_text
    for secret in (question.title, question.words, question.municipality.name_fr, question.asked_by.last_name + " "):
        assert secret not in mail.body_text + mail.body_html


def test_an_official_hears_that_their_question_was_entered() -> None:
    place = MunicipalityFactory()
    asker, colleague = UserFactory(alderman=place), UserFactory(spoc=True)
    question = QuestionFactory(municipality=place, asked_by=asker, entered_by=colleague, assignee=colleague)
    EventFactory(verb="question_asked", subject=question, actor=colleague, municipality=place)
    services.decide_notices(timezone.now())
    assert [mail.recipient for mail in Delivery.objects.all()] == [asker]


# --- The clock --------------------------------------------------------------------------------------


def _noon(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


def test_each_day_is_told_of_once_before_and_once_after(time_machine: Any) -> None:
    monday = dt.date(2026, 11, 23)
    held = QuestionFactory(in_progress=True, due_on=dt.date(2026, 11, 27))
    away = ForwardingFactory(reply_by=dt.date(2026, 11, 27), question__due_on=dt.date(2026, 11, 20))
    QuestionFactory(published=True, due_on=dt.date(2026, 11, 27), check_on=dt.date(2026, 11, 30))
    told = {}
    for number in range(10):
        time_machine.move_to(_noon(monday + dt.timedelta(days=number)), tick=False)
        told[number] = [tell_of_questions(timezone.now()) for _twice in range(2)]
    assert {number: counts[0] for number, counts in told.items() if counts[0]} == {3: 2, 5: 2, 7: 1}
    assert all(counts[1] == 0 for counts in told.values())
    reminders = Event.objects.filter(verb=Event.Verb.QUESTION_REMINDED)
    assert sorted((event.object_id == held.pk, event.data["moment"]) for event in reminders) == [
        (False, "near"),
        (False, "passed"),
        (True, "near"),
        (True, "passed"),
    ]
    assert {event.object_id for event in reminders} == {held.pk, away.question_id}


def test_an_answer_confirmed_is_asked_about_again_later() -> None:
    question = QuestionFactory(published=True, check_on=timezone.localdate())
    assert tell_of_questions(timezone.now()) == 1
    question_answers.confirm_answer(question, by=UserFactory(spoc=True))
    question.refresh_from_db()
    assert question.check_on > timezone.localdate() + dt.timedelta(days=100)
    assert tell_of_questions(timezone.now()) == 0
    Question.objects.filter(pk=question.pk).update(check_on=timezone.localdate() - dt.timedelta(days=1))
    assert tell_of_questions(timezone.now()) == 1


def test_what_is_answered_ended_or_replied_to_is_not_reminded_of() -> None:
    late = add_working_days(timezone.localdate(), 1)
    for trait in ("withdrawn", "declined", "merged_away", "answered"):
        QuestionFactory(**{trait: True}, due_on=late)
    ForwardingFactory(reply_by=late, question=QuestionFactory(withdrawn=True))
    assert tell_of_questions(timezone.now()) == 0
