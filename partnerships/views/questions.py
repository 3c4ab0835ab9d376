"""Questions to the Region in the portal: asking with what resembles it shown first, the lists, and the page of one."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from municipalities.http import PersonRequest
from partnerships.forms.questions import QuestionForm, WithdrawQuestionForm
from partnerships.models import Event, Question
from partnerships.question_permissions import Action, allowed_actions
from partnerships.questions_shown import shown_to, timeline_of
from partnerships.services.questions import QuestionActionNotAllowed, ask_question, withdraw_question

SEND, LOOK = "send", "look"


# --- Asking -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def question_new(request: PersonRequest) -> HttpResponse:
    """Write; see what resembles it; send. Where nothing resembles it the step falls away, and without a script it is one more page."""
    places = request.user.municipalities_on(timezone.localdate(), writing=True)
    if not places:
        raise Http404
    form = QuestionForm(request.POST if request.method == "POST" else None, places=places, initial=_begun(request))
    if request.method != "POST" or not form.is_valid():
        return _form(request, form)
    step = request.POST.get("step", LOOK)
    similar = [] if step == SEND else _similar(request, form)
    if step != SEND and similar:
        context = {"form": form, "similar": [shown_to(request.user, row) for row in similar]}
        return render(request, "partnerships/questions/question_similar.html", context)
    return _send(request, form)


def _begun(request: PersonRequest) -> dict[str, str]:
    """Words that led nowhere in the list are not typed again."""
    return {"title": request.GET["q"][:150]} if request.GET.get("q") else {}


def _form(request: PersonRequest, form: QuestionForm) -> HttpResponse:
    return render(request, "partnerships/questions/question_new.html", {"form": form})


def _similar(request: PersonRequest, form: QuestionForm) -> list[Question]:
    typed = form.cleaned_data
    found = Question.objects.similar_for(request.user, title=typed["title"], words=typed["words"], themes=typed["themes"])
    return [row for row in found.select_related("municipality") if row.token != typed["token"]]


def _send(request: PersonRequest, form: QuestionForm) -> HttpResponse:
    try:
        question = ask_question(by=request.user, **form.asked())
    except ValidationError as error:
        for name, texts in getattr(error, "message_dict", {"title": error.messages}).items():
            form.add_error(name if name in form.fields else "title", texts)
        return _form(request, form)
    messages.success(request, _("Your question is sent. You will hear as soon as there is an answer."))
    return redirect("question", key=question.key)


# --- The page -----------------------------------------------------------------------------------


def load_question(request: PersonRequest, key: uuid.UUID) -> Question:
    """The question, for a person who may see it; 404 for everybody else."""
    visible = Question.objects.visible_to(request.user).with_people().select_related("superseded_by", "merged_into")
    return get_object_or_404(visible, key=key)


@require_safe
def question_page(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Their own: what was asked, where it stands, what happened. What others asked: question and answer for all 19, and no more."""
    question = load_question(request, key)
    is_own = Question.objects.own_to(request.user).filter(pk=question.pk).exists()
    context = {
        "question": question,
        "is_own": is_own,
        "shown": shown_to(request.user, question, is_own=is_own),
        "newer": question.superseded_by if question.superseded_by and question.superseded_by.is_published else None,
        "is_to_be_checked": question.is_to_be_checked(timezone.localdate()),
        "events": timeline_of(Event.objects.about(question).select_related("actor", "behalf_of")) if is_own else [],
        "may_withdraw": is_own and Action.WITHDRAW in allowed_actions(request.user, question),
    }
    return render(request, "partnerships/questions/question_page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def question_withdraw(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    """Ask once more, with room for a reason; then withdraw. What is not one's own does not exist here."""
    question = get_object_or_404(Question.objects.own_to(request.user), key=key)
    form = WithdrawQuestionForm(request.POST if request.method == "POST" else None)
    if Action.WITHDRAW not in allowed_actions(request.user, question):
        return _moved_on(request, key)
    if request.method != "POST" or not form.is_valid():
        return render(request, "partnerships/questions/question_withdraw.html", {"question": question, "form": form})
    try:
        withdraw_question(question, by=request.user, reason=form.cleaned_data["reason"])
    except QuestionActionNotAllowed:
        return _moved_on(request, key)
    messages.success(request, _("The question is withdrawn."))
    return redirect("question", key=key)


def _moved_on(request: PersonRequest, key: uuid.UUID) -> HttpResponse:
    messages.warning(request, _("That is no longer possible: the question has moved on. Here is how it stands now."))
    return redirect("question", key=key)
