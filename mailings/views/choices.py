"""What a person wants to receive: one page, behind the link of any mail without a log-in, and in the portal with one."""

from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mailings.forms import MailChoicesForm
from mailings.models import MailPreference
from mailings.services import choose_mails
from mailings.views.links import delivery_of, page_for
from municipalities.http import PersonRequest
from municipalities.models import User


@csrf_exempt
@login_not_required
@rate_limit(action="signed_link")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mail_choices(request: HttpRequest, token: str) -> HttpResponse:
    """Choose by a POST alone; looking changes nothing. A mail to an address without an account offers what such an address can choose."""
    delivery = delivery_of(token)
    person = delivery.recipient
    if person is None:
        return page_for(request, delivery.language, "mailings/address_choices.html", {"delivery": delivery, "token": token})
    if not person.is_active:
        raise Http404
    form = _form(request, person)
    is_done = _is_chosen(form, person)
    person.refresh_from_db()
    context = {"form": form, "is_done": is_done, "is_signed_link": True}
    return page_for(request, person.correspondence_language, "mailings/mail_choices.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_mail_choices(request: PersonRequest) -> HttpResponse:
    """The same for whoever is logged in."""
    form = _form(request, request.user)
    if _is_chosen(form, request.user):
        messages.success(request, _("Your preferences are saved."))
        return redirect("my_mail_choices")
    return render(request, "mailings/mail_choices.html", {"form": form, "is_done": False, "is_signed_link": False})


def _form(request: HttpRequest, person: User) -> MailChoicesForm:
    data = request.POST if request.method == "POST" else None
    preference = MailPreference.objects.filter(user=person).first()
    return MailChoicesForm.of_person(person, preference, timezone.localdate(), data)


def _is_chosen(form: MailChoicesForm, person: User) -> bool:
    """Whether the choice was made; what the service refuses stands beside its field."""
    if not form.is_valid():
        return False
    try:
        choose_mails(person, **form.cleaned_data, today=timezone.localdate())
    except ValidationError as refused:
        form.add_error(None, refused)
        return False
    return True
