"""The desk of an officer: taking a request, what binds it to others, acts on many at once, and the lists one keeps."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from municipalities.admin.base import person_of
from municipalities.models import User
from partnerships.models import Attachment, Message, Referral, ServiceRequest
from partnerships.models.ties import Ties, ties_of
from partnerships.permissions import Action, allowed_actions
from partnerships.services.desk import TakenMeanwhile, take_request
from partnerships.services.requests import ActionNotAllowed

HANDLE = "partnerships.handle_servicerequest"

if TYPE_CHECKING:
    from municipalities.admin.base import PortalAdmin as _Pages
else:
    _Pages = object


@dataclass(frozen=True)
class Desk:
    """What the page of a request shows beside it."""

    referrals: list[Referral]
    ties: Ties
    twin_messages: list[Message]
    twin_files: list[Attachment]
    may_take: bool
    may_end: bool
    may_unlink: bool
    token: uuid.UUID


def desk_of(obj: ServiceRequest, user: User) -> Desk:
    """Referrals, twins with their words, and links, for a member of staff."""
    actions = allowed_actions(user, obj)
    ties = ties_of(obj)
    return Desk(
        referrals=list(Referral.objects.of(obj)),
        ties=ties,
        twin_messages=list(Message.objects.for_requests(ties.twins).select_related("request")) if ties.twins else [],
        twin_files=list(Attachment.objects.of_twins(ties.twins)) if ties.twins else [],
        may_take=Action.ASSIGN in actions and obj.assignee_id != user.pk,
        may_end=Action.END_REFERRAL in actions,
        may_unlink=Action.UNLINK in actions,
        token=uuid.uuid4(),
    )


class DeskPages(_Pages):
    """Addresses of the worklist that belong to one's own desk."""

    def desk_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [path("<int:pk>/take/", view(require_POST(self.take_view)), name="partnerships_servicerequest_take")]

    def take_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One's own desk gets it, unless somebody was faster: then say who."""
        obj = self._visible_or_404(request, pk)  # type: ignore[attr-defined]
        if not request.user.has_perm(HANDLE):
            raise PermissionDenied
        seen = request.POST.get("seen", "")
        try:
            take_request(obj, by=person_of(request), seen=int(seen) if seen.isdigit() else None)
            messages.success(request, _("The request is on your desk."))
        except TakenMeanwhile as taken:
            who = taken.holder.full_name if taken.holder else _("nobody")
            messages.error(request, _("Not taken: the request is on the desk of %(who)s meanwhile.") % {"who": who})
        except ActionNotAllowed:
            messages.error(request, _("Not taken: the request has ended meanwhile."))
        return redirect(reverse("admin:partnerships_servicerequest_change", args=[obj.pk]))
