"""What the signed link in a mail to a body opens, without an account. A GET changes nothing, for link scanners press everything."""

from http import HTTPStatus

from allauth.decorators import rate_limit
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from partnerships.forms.questions import BodyReplyForm
from partnerships.models import Forwarding
from partnerships.services.forwardings import ReplyNotPossible, closes_on, forwarding_of, may_reply, reply_to


@csrf_exempt  # the signed address is what lets in: no cookie is asked for, so none can be abused or run out over a long reply
@login_not_required
@rate_limit(action="reply")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question_reply(request: HttpRequest, token: str) -> HttpResponse:
    """Read the question and reply once. Of the asker the body learns the municipality, and no name."""
    forwarding = forwarding_of(token)
    if forwarding is None:
        raise Http404
    form = BodyReplyForm(request.POST if request.method == "POST" else None)
    is_done, is_late = False, False
    if request.method == "POST" and form.is_valid():
        try:
            reply_to(forwarding, **form.cleaned_data)
            is_done = True
        except ReplyNotPossible:
            is_late = True
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, forwarding, form, is_done=is_done, is_late=is_late)


def _page(request: HttpRequest, forwarding: Forwarding, form: BodyReplyForm, *, is_done: bool, is_late: bool) -> HttpResponse:
    is_alive = not is_late and (is_done or may_reply(forwarding, timezone.localdate()))
    context = {
        "forwarding": forwarding,
        "question": forwarding.question,
        "form": form,
        "is_done": is_done,
        "is_alive": is_alive,
        "kept": [form[name].value() for name in ("reply_fr", "reply_nl") if not is_alive and form.is_bound and form[name].value()],
        "last_day": closes_on(forwarding),
    }
    response = render(request, "partnerships/questions/question_reply.html", context)
    response.status_code = HTTPStatus.OK if is_alive else HTTPStatus.GONE
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
