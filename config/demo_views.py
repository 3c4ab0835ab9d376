"""The doors of the demo: one click per role, and the inbox of what was sent."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from config.demo_inbox import KeptMail, names, read
from municipalities.models import Municipality, User

MAILS_A_PAGE = 40
MOST_AS_JSON = 5000
DOMAIN = "@example.org"

# django-csp's own type knows no view with arguments.
sandboxed: Any = csp_replace(
    {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:"],
        "script-src": ["'none'"],
        "sandbox": ["allow-popups"],
    }
)


@dataclass(frozen=True)
class Door:
    """One button: whom it lets in, and what that person comes for."""

    name: str
    label: Any
    what_for: Any

    @property
    def email(self) -> str:
        return f"{self.name}{DOMAIN}"


STORY = (
    Door("alderman.ixl", gettext_lazy("Alderman for trade, Ixelles"), gettext_lazy("Sees the agreement and the SPOC, sends a request.")),
    Door("delegate.ixl", gettext_lazy("Delegate of that alderman"), gettext_lazy("Writes in the alderman's name: both names are shown.")),
    Door("delegate.jet", gettext_lazy("Invited delegate, Jette"), gettext_lazy("Accepts or declines; until then nothing is open.")),
    Door("spoc1", gettext_lazy("SPOC"), gettext_lazy("Takes requests up and answers, in the administration.")),
    Door("editor", gettext_lazy("Mailing editor"), gettext_lazy("Writes this week's mailing in French and Dutch.")),
    Door("cabinet", gettext_lazy("Reviewer at the cabinet"), gettext_lazy("Reads both versions, approves or sends back.")),
    Door("lead", gettext_lazy("Team lead"), gettext_lazy("Watches over the nineteen municipalities.")),
    Door("admin", gettext_lazy("Administrator"), gettext_lazy("Looks after accounts and roles.")),
)
SEATS = (
    ("mayor", gettext_lazy("Mayor")),
    ("alderman", gettext_lazy("Alderman")),
    ("officer", gettext_lazy("Officer")),
    ("former", gettext_lazy("Former (no access)")),
)


def _inbox() -> Path:
    """Return the folder of kept mails. Raises Http404 when the mails go elsewhere (EMAIL_URL was given)."""
    folder = os.environ.get("DEMO_INBOX", "")
    if not folder or not Path(folder).is_dir():
        raise Http404("no inbox")
    return Path(folder)


def _mail(name: str) -> KeptMail:
    try:
        return read(_inbox(), name)
    except FileNotFoundError as error:
        raise Http404(name) from error


@login_not_required
@require_safe
def demo(request: HttpRequest) -> HttpResponse:
    """One button per account."""
    rows = [
        (municipality, [(f"{seat}.{municipality.code.lower()}{DOMAIN}", label) for seat, label in SEATS])
        for municipality in Municipality.objects.sorted_for_reader()
    ]
    return render(
        request, "demo/demo.html", {"story": STORY, "rows": rows, "seats": SEATS, "has_inbox": bool(os.environ.get("DEMO_INBOX"))}
    )


@csrf_exempt  # a door of the demo, also for scripts; it exists nowhere else
@login_not_required
@require_POST
def demo_enter(request: HttpRequest) -> HttpResponse:
    """Enter as one of the demo's accounts; the second factor is taken as given."""
    person = User.objects.filter(email__iexact=request.POST.get("email", ""), email__iendswith=DOMAIN).first()
    if person is None:
        raise Http404("no such account")
    if not person.has_access(timezone.localdate()):
        messages.error(request, _("%(name)s has no mandate in force: the portal stays closed.") % {"name": person.full_name})
        return redirect("demo")
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session["demo_entered"] = True
    return redirect("admin:index" if person.is_staff else "home")


@login_not_required
@require_safe
def demo_inbox(request: HttpRequest) -> HttpResponse:
    """What was sent, newest first."""
    folder = _inbox()
    page = Paginator(names(folder), MAILS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "demo/inbox.html", {"page": page, "mails": [read(folder, name) for name in page.object_list]})


@login_not_required
@require_safe
def demo_inbox_json(request: HttpRequest) -> JsonResponse:
    """The same for scripts: newest first, with headers, both bodies and the source; `?to=` narrows it to one address."""
    folder = _inbox()
    wanted = request.GET.get("to", "").lower()
    mails = [asdict(read(folder, name)) for name in names(folder)[:MOST_AS_JSON]]
    return JsonResponse({"mails": [mail for mail in mails if wanted in mail["to"].lower()]})


@login_not_required
@require_safe
def demo_mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: HTML in a sandboxed frame, text, headers, and the raw source."""
    return render(request, "demo/mail.html", {"mail": _mail(name)})


@login_not_required
@require_safe
@xframe_options_sameorigin
@sandboxed
def demo_mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part, as a mail reader would show it: its own styles, no script, nothing from elsewhere."""
    return HttpResponse(_mail(name).html)


@login_not_required
@require_safe
def demo_mail_source(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(_mail(name).source, content_type="text/plain; charset=utf-8")
