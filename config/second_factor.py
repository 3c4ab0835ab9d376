"""Setting up a second factor proves it: the session in which it happened has passed it."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.http import HttpRequest, HttpResponse


def _passed(request: HttpRequest, kind: str) -> None:
    record_authentication(request, request.user, "mfa", type=kind, reauthenticated=True)


class ActivateAndPass(ActivateTOTPView):
    """Without this, staff would set up the app and be asked for its code again on the next page."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        _passed(self.request, "totp")
        return response


class AddAndPass(AddWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        _passed(self.request, "webauthn")
        return response


activate_totp = ActivateAndPass.as_view()
add_webauthn = AddAndPass.as_view()
