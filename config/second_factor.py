"""Setting up a second factor proves it: the session in which it happened has passed it."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _


def _passed(request: HttpRequest, kind: str) -> None:
    record_authentication(request, request.user, "mfa", type=kind, reauthenticated=True)


class ActivateAndPass(ActivateTOTPView):
    """Without this, staff would set up the app and be asked for its code again on the next page."""

    def get_form(self, *args: Any) -> Any:
        form = super().get_form(*args)
        form.fields["code"].label = _("Code from the app")
        form.fields["code"].widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code-input"}
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        _passed(self.request, "totp")
        return response


class AddAndPass(AddWebAuthnView):
    def get_form(self, *args: Any) -> Any:
        return _named(super().get_form(*args))

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        _passed(self.request, "webauthn")
        return response


class Rename(EditWebAuthnView):
    def get_form(self, *args: Any) -> Any:
        return _named(super().get_form(*args))


def _named(form: Any) -> Any:
    form.fields["name"].label = _("Name of the passkey")
    return form


activate_totp = ActivateAndPass.as_view()
add_webauthn = AddAndPass.as_view()
edit_webauthn = Rename.as_view()
