"""The page of figures: for the team, and for the cabinet without the name of a municipality that did not agree."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from municipalities.http import PersonRequest
from partnerships.models import Question
from partnerships.question_figures import figures_on, plot_of
from partnerships.question_permissions import FIGURES

MOST_RECENT = 10


@require_safe
def question_figures(request: PersonRequest) -> HttpResponse:
    """By theme and week, and what was published last; the municipality stands there only where it agreed to be named."""
    if not request.user.has_perm(FIGURES):
        raise Http404
    figures = figures_on(timezone.localdate())
    recent = Question.objects.current().select_related("municipality").prefetch_related("themes").newest_first("published_at")
    context = {"figures": figures, "plot": plot_of(figures), "recent": recent[:MOST_RECENT]}
    return render(request, "partnerships/questions/question_figures.html", context)
