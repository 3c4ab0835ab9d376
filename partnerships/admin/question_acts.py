"""What a member of the team can do with a question: one act, one page, one service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.admin import question_forms as forms
from partnerships.models import Question
from partnerships.question_permissions import Action
from partnerships.services import forwardings, question_answers, questions

Run = Callable[[Question, User, Any], Any]


@dataclass(frozen=True)
class QuestionAct:
    """A button on the page of a question, and the page it leads to."""

    action: Action
    label: Any
    explanation: Any
    done: Any
    form_class: type[forms.QuestionActForm]
    run: Run
    tone: str = ""


def _assign(question: Question, by: User, form: Any) -> Any:
    return questions.assign_question(question, by=by, to=form.cleaned_data["to"])


def _reason(service: Any) -> Run:
    return lambda question, by, form: service(question, by=by, reason=form.cleaned_data["reason"])


ACTS: dict[Action, QuestionAct] = {
    act.action: act
    for act in (
        QuestionAct(
            Action.TAKE_UP,
            _("Take it up"),
            _("Take it on your own desk, or give it to a colleague."),
            _("The question is taken up."),
            forms.AssignForm,
            _assign,
            "primary",
        ),
        QuestionAct(
            Action.FORWARD,
            _("Forward to a body"),
            _("The body gets a mail in its language, with a link by which it can reply without an account."),
            _("The question is forwarded."),
            forms.ForwardForm,
            lambda question, by, form: forwardings.forward_question(question, by=by, **form.cleaned_data),
            "primary",
        ),
        QuestionAct(
            Action.DRAFT,
            _("Write the answer"),
            _("For all 19, in both languages. It can be saved half done. Do not say who asked."),
            _("The answer is saved."),
            forms.AnswerForm,
            lambda question, by, form: question_answers.draft_answer(question, by=by, revision=form.cleaned_data["revision"], **form.words),
            "primary",
        ),
        QuestionAct(
            Action.ASK_REVIEW,
            _("Ask for a review"),
            _("A second person reads it before it goes out."),
            _("The answer is with your colleague for review."),
            forms.ReviewForm,
            lambda question, by, form: question_answers.ask_review(question, by=by, reviewer=form.cleaned_data["reviewer"]),
            "primary",
        ),
        QuestionAct(
            Action.ANSWER,
            _("Approve and answer"),
            _("The asker hears first, in their language. Publishing to the 19 comes afterwards, with one click."),
            _("The question is answered: the asker is told."),
            forms.ApproveForm,
            lambda question, by, form: question_answers.answer_question(question, by=by, revision=form.cleaned_data["revision"]),
            "primary",
        ),
        QuestionAct(
            Action.PUBLISH,
            _("Publish to the 19"),
            _("Question and answer appear in the portal of all municipalities and are proposed for the next mailing."),
            _("The answer is published to the 19 municipalities."),
            forms.QuestionActForm,
            lambda question, by, _form: question_answers.publish_answer(question, by=by),
            "primary",
        ),
        QuestionAct(
            Action.CONFIRM,
            _("Still valid"),
            _("You have checked the answer: it is asked again after the usual time."),
            _("The answer is confirmed."),
            forms.QuestionActForm,
            lambda question, by, _form: question_answers.confirm_answer(question, by=by),
        ),
        QuestionAct(
            Action.SEND_BACK,
            _("Send back"),
            _("Say what should be different; whoever wrote it reads it."),
            _("The answer is sent back."),
            forms.ReasonForm,
            _reason(question_answers.send_back_answer),
        ),
        QuestionAct(
            Action.TAKE_BACK,
            _("Take back from the body"),
            _("Its link ends, and the body is told that nothing more is expected."),
            _("The question is taken back."),
            forms.ReasonForm,
            _reason(forwardings.take_back),
        ),
        QuestionAct(
            Action.ASSIGN,
            _("Give to a colleague"),
            _("They hear of it by mail."),
            _("The question is assigned."),
            forms.AssignForm,
            _assign,
        ),
        QuestionAct(
            Action.SUPERSEDE,
            _("Replace by a newer answer"),
            _("Whoever finds this one is led to the newer."),
            _("The answer points on to the newer one."),
            forms.NewerAnswerForm,
            lambda question, by, form: question_answers.supersede_answer(question, by=by, newer=form.cleaned_data["other"]),
        ),
        QuestionAct(
            Action.MERGE,
            _("Merge with a similar one"),
            _("This one goes on in the other; both askers hear, and both get the one answer. This cannot be undone."),
            _("The questions are merged, and both askers are told."),
            forms.OtherQuestionForm,
            lambda question, by, form: questions.merge_question(question, by=by, into=form.cleaned_data["other"]),
        ),
        QuestionAct(
            Action.UNPUBLISH,
            _("No longer publish"),
            _("It disappears from the lists of the other municipalities; the asker keeps it."),
            _("The answer is no longer published."),
            forms.ReasonForm,
            _reason(question_answers.unpublish_answer),
            "danger",
        ),
        QuestionAct(
            Action.DECLINE,
            _("Decline"),
            _("The asker reads the reason. This cannot be undone."),
            _("The question is declined, and the asker is told."),
            forms.ReasonForm,
            _reason(questions.decline_question),
            "danger",
        ),
    )
}
