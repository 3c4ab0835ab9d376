"""Every step of a mailing until it has gone out, each with its own address and its one service."""

import functools
from collections.abc import Callable
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mailings.admin.mailing_forms import ScheduleForm, TestMailForm
from mailings.circles import counted_of
from mailings.forms import SendBackForm, VerdictForm
from mailings.models import Mailing
from mailings.permissions import Action, can
from mailings.rendering import preview_of
from mailings.services import (
    MailingActionNotAllowed,
    NotApproved,
    NotComplete,
    StaleContent,
    approve_mailing,
    ask_approval,
    consent_urgent,
    queue_test_mail,
    resolve_comment,
    schedule_mailing,
    send_back_mailing,
    send_mailing_now,
    unschedule_mailing,
)
from municipalities.admin.base import person_of
from municipalities.languages import CorrespondenceLanguage
from municipalities.models import User

# A mail brings its own style and nothing else: no script, no form, no picture from elsewhere.
MAIL_FRAME = {
    "default-src": [NONE],
    "script-src": [NONE],
    "frame-src": [NONE],
    "form-action": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "frame-ancestors": [SELF],
    "sandbox": True,
}


def _refusals_told(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A step that is not possible any more gets a sentence on the mailing's page, never an error page."""

    @functools.wraps(view)
    def told(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        mailing = self.visible_or_404(request, pk)
        try:
            return view(self, request, mailing)
        except NotComplete as error:
            words: Any = _("Not yet complete. Still missing: %(list)s.") % {"list": "; ".join(error.missing)}
        except NotApproved:
            words = _("The content as it stands now is not approved.")
        except StaleContent:
            words = _("The content changed after this page was shown. Please read it again.")
        except MailingActionNotAllowed as error:
            if not _is_state_at_fault(person_of(request), error):
                raise PermissionDenied from error
            words = _("That is not possible any more: the mailing is “%(state)s”.") % {"state": error.mailing.get_state_display()}
        messages.error(request, words)
        return redirect(_page(mailing))

    return told


def _is_state_at_fault(user: User, error: MailingActionNotAllowed) -> bool:
    """Whether the person might do this in another state of the mailing."""
    return any(can(user, error.action, Mailing(state=state)) for state in Mailing.State)


def _page(mailing: Mailing) -> str:
    return reverse("admin:mailings_mailing_change", args=[mailing.pk])


class MailingActs:
    """The steps, for the page of a mailing."""

    admin_site: Any
    opts: Any
    page: Callable[..., HttpResponse]
    visible_or_404: Callable[..., Mailing]

    def act_urls(self) -> list[URLPattern]:
        posts = {
            "ask-approval": self.ask_approval_view,
            "approve": self.approve_view,
            "send-back": self.send_back_view,
            "consent": self.consent_view,
            "settle-remark": self.settle_remark_view,
            "schedule": self.schedule_view,
            "unschedule": self.unschedule_view,
            "test": self.test_view,
        }
        views = {name: require_POST(view) for name, view in posts.items()}
        views["preview"] = require_safe(self.preview_view)
        views["send"] = self.send_view
        frame_policy: Any = csp_replace(MAIL_FRAME)  # django-csp's own type knows no view with arguments
        frame = frame_policy(require_safe(self.frame_view))
        return [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"mailings_mailing_{name}".replace("-", "_"))
            for name, view in views.items()
        ] + [path("<int:pk>/preview/<str:language>/", self.admin_site.admin_view(frame), name="mailings_mailing_frame")]

    # --- Approval -------------------------------------------------------------------------------

    @_refusals_told
    def ask_approval_view(self, request: HttpRequest, mailing: Mailing) -> HttpResponse:
        ask_approval(mailing, by=person_of(request))
        messages.success(request, _("The cabinet is asked for its approval."))
        return redirect(_page(mailing))

    @_refusals_told
    def approve_view(self, request: HttpRequest, mailing: Mailing) -> HttpResponse:
        form = VerdictForm(request.POST, auto_id="id_approve_%s")
        if not form.is_valid():
            return self.page(request, mailing, approve_form=form)
        approve_mailing(mailing, by=person_of(request), **form.cleaned_data)
        messages.success(request, _("Approved, exactly as shown."))
        return redirect(_page(mailing))

    @_refusals_told
    def send_back_view(self, request: HttpRequest, mailing: Mailing) -> HttpResponse:
        form = SendBackForm(request.POST, auto_id="id_back_%s")
        if not form.is_valid():
            return self.page(request, mailing, send_back_form=form)
        send_back_mailing(mailing, by=person_of(request), **form.cleaned_data)
        messages.success(request, _("Sent back to the editors with your comment."))
        return redirect(_page(mailing))

    @_refusals_told
    def consent_view(self, request: HttpRequest, mailing: Mailing) -> HttpResponse:
        """Two of the team approve an urgent mailing that the cabinet leaves unanswered."""
        saved = consent_urgent(mailing, by=person_of(request), shown_hash=request.POST.get("shown_hash", ""))
        done, half = _("Approved in the team, by two."), _("You agreed. A second colleague may approve it now.")
        messages.success(request, done if saved.state == Mailing.State.APPROVED else half)
        return redirect(_page(mailing))

    @_refusals_told
    def settle_remark_view(self, request: HttpRequest, mailing: Mailing) -> HttpResponse:
        number = request.POST.get("remark", "")
        comment = mailing.comments.filter(pk=int(number) if number.isdecimal() else 0).first()
        if comment is None:
            raise Http404
        resolve_comment(comment, by=person_of(request))
        return redirect(_page(mailing) + "#remarks")

    # --- Sending --------------------------------------------------------------------------------

    @_refusals_told
    def schedule_view(self, request: HttpRequest, mailing: Mailing) -> HttpResponse:
        form = ScheduleForm(request.POST, auto_id="id_schedule_%s")
        try:
            if form.is_valid():
                saved = schedule_mailing(mailing, by=person_of(request), at=form.cleaned_data["at"])
                _tell_scheduled(request, saved)
                return redirect(_page(mailing))
        except ValidationError as error:
            form.add_error("at", error.messages)
        return self.page(request, mailing, schedule_form=form)

    @_refusals_told
    def unschedule_view(self, request: HttpRequest, mailing: Mailing) -> HttpResponse:
        unschedule_mailing(mailing, by=person_of(request))
        messages.success(request, _("It does not go out by itself any more. The approval stands."))
        return redirect(_page(mailing))

    @_refusals_told
    def send_view(self, request: HttpRequest, mailing: Mailing) -> HttpResponse:
        """Asked twice: a page says to how many people in which languages, and only its button sends."""
        if not request.user.has_perm("mailings.send_mailing"):
            raise PermissionDenied
        if request.method == "POST":
            run = send_mailing_now(mailing, by=person_of(request))
            messages.success(request, _("The sending has started."))
            return redirect("admin:mailings_run_change", run.pk)
        if not can(person_of(request), Action.SEND, mailing):
            raise MailingActionNotAllowed(Action.SEND, mailing)
        context = self._audience(mailing) | {"title": _("Send this mailing now?")}
        return self._render(request, mailing, "admin/mailings/send.html", context)

    @_refusals_told
    def test_view(self, request: HttpRequest, mailing: Mailing) -> HttpResponse:
        form = TestMailForm(request.POST, auto_id="id_test_%s")
        if not form.is_valid():
            return self.page(request, mailing, test_form=form)
        queue_test_mail(mailing, by=person_of(request), language=form.cleaned_data["language"])
        messages.success(request, _("A test mail is on its way to %(email)s.") % {"email": person_of(request).email})
        return redirect(_page(mailing))

    # --- What it looks like, and who receives it ------------------------------------------------

    @_refusals_told
    def preview_view(self, request: HttpRequest, mailing: Mailing) -> HttpResponse:
        """Both languages as mail, on a desk and on a telephone, and as plain text."""
        mails = [
            {"language": language, "mail": preview_of(mailing, language), "url": _frame_url(mailing, language)}
            for language in CorrespondenceLanguage(CorrespondenceLanguage.BOTH).contents
        ]
        return self._render(request, mailing, "admin/mailings/preview.html", {"title": _("Preview"), "mails": mails})

    def frame_view(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        """The mail alone, for the frame of the preview."""
        mailing = self.visible_or_404(request, pk)
        if language not in CorrespondenceLanguage.values:
            raise Http404
        return HttpResponse(preview_of(mailing, language).html)

    def _audience(self, mailing: Mailing) -> dict[str, Any]:
        counted = counted_of(mailing, timezone.localdate())
        return {"counts": counted.by_language, "total": counted.total, "left_out": counted.left_out}

    def _render(self, request: HttpRequest, mailing: Mailing, template: str, context: dict[str, Any]) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "mailing": mailing}
        return TemplateResponse(request, template, frame | context)


def _tell_scheduled(request: HttpRequest, saved: Mailing) -> None:
    if saved.state == Mailing.State.SCHEDULED:
        messages.success(request, _("Scheduled. It goes out by itself at that hour."))
    else:
        messages.warning(request, _("The hour is not the one that was approved, so the approval is void: ask for it again."))


def _frame_url(mailing: Mailing, language: str) -> str:
    return reverse("admin:mailings_mailing_frame", args=[mailing.pk, language])
