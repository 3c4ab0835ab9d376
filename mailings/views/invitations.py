"""Answering an invitation from the mail, without logging in. A GET changes nothing, for link scanners press everything."""

from allauth.decorators import rate_limit
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mailings.rendering import BadToken
from mailings.rendering.invitation_links import read_invitation_token
from mailings.views.links import page_for
from partnerships.forms.consultations import AnswerForm
from partnerships.models import Invitation
from partnerships.services.invitations import AnswerNotAllowed, answer_invitation, may_answer


def _invitation(token: str) -> Invitation:
    """Whose invitation the link was written for; 404 for a token of another making, and for who stands nowhere any more."""
    try:
        target = read_invitation_token(token)
    except BadToken as wrong:
        raise Http404 from wrong
    related = Invitation.objects.select_related("consultation", "person")
    found = related.filter(pk=target.invitation, person=target.person, person__is_active=True).first()
    if found is None or int(found.invited_at.timestamp()) != target.invited or not found.person.municipality_ids_on(timezone.localdate()):
        raise Http404
    return found


@csrf_exempt
@login_not_required
@rate_limit(action="invitation")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Answer by a POST alone; looking chooses the answer that was pressed in the mail and gives none."""
    invitation = _invitation(token)
    person = invitation.person
    form = AnswerForm(request.POST if request.method == "POST" else None, given=invitation, clicked=request.GET.get("answer", ""))
    is_open, is_done = may_answer(person, invitation), False
    if is_open and request.method == "POST" and form.is_valid():
        try:
            invitation = answer_invitation(invitation, by=person, way=Invitation.Way.MAIL, **form.cleaned_data)
            is_done = True
        except AnswerNotAllowed:
            is_open = False
    context = {"consultation": invitation.consultation, "invitation": invitation, "form": form, "is_open": is_open, "is_done": is_done}
    return page_for(request, person.correspondence_language, "mailings/invitation.html", context)
