"""How a question is shown: to whom it belongs in the asker's words, to the others in the words for all 19, never with who asked."""

from collections.abc import Iterable
from dataclasses import dataclass

from municipalities.languages import content_language
from municipalities.models import User
from partnerships.models import Event, Question

Verb = Event.Verb
# What the team does among itself, and what is said to others: not in the timeline of the asker.
AMONG_STAFF = frozenset(
    {
        Verb.QUESTION_REMINDED,
        Verb.QUESTION_REVIEW_ASKED,
        Verb.QUESTION_SENT_BACK,
        Verb.QUESTION_OUTDATED,
        Verb.QUESTION_DRAFTED,
        Verb.QUESTION_ASSIGNED,
    }
)


@dataclass(frozen=True)
class Shown:
    """What a reader is given of a question; empty where it is not for them."""

    question: Question
    title: str
    language: str
    answer: str
    source: str
    source_url: str
    municipality: str


def shown_to(user: User, question: Question, *, is_own: bool | None = None) -> Shown:
    """The asker's title for whom it belongs to, until there is one for all; the answer once the asker has heard it.

    A question that was merged shows the answer of the one it went on in; nothing else of that one.
    """
    own = is_own if is_own is not None else Question.objects.own_to(user).filter(pk=question.pk).exists()
    answered = question.merged_into if question.merged_into_id else question
    has_answer = bool(answered and answered.has_answer)
    in_own_words = own and not question.is_published
    is_named = own or (question.is_published and question.may_be_named)
    return Shown(
        question=question,
        title=question.title if in_own_words else question.public_title,
        language=question.language if in_own_words else content_language(),
        answer=answered.answer if answered and has_answer else "",
        source=answered.source if answered and has_answer else "",
        source_url=answered.source_url if answered and has_answer else "",
        municipality=str(question.municipality) if is_named else "",
    )


def timeline_of(events: Iterable[Event]) -> list[Event]:
    """What the asker's side may know of, oldest first."""
    return [event for event in events if event.verb not in AMONG_STAFF]


MOST_AT_HOME = 4


@dataclass(frozen=True)
class Home:
    """What the home page says of questions: the reader's own that go on, and the answers that came last."""

    own: list[Question]
    answers: list[Question]


def questions_at_home(user: User) -> Home:
    """Two queries; of the answers of others their words for all 19."""
    own = Question.objects.own_to(user).exclude(state__in=Question.ENDED).exclude(state=Question.State.PUBLISHED)
    answers = Question.objects.visible_to(user).current()
    return Home(list(own.newest_first()[:MOST_AT_HOME]), list(answers.newest_first("published_at")[:MOST_AT_HOME]))
