"""The part of allauth this portal uses: log-in by code, log-out, the second factor. Every other address answers 404."""

from allauth.account import views as account
from allauth.decorators import rate_limit
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView

from config import second_factor


@login_not_required
def closed(request: HttpRequest, **kwargs: str) -> HttpResponse:
    """Nobody signs up, has a password or changes an address here; allauth asks for these names all the same."""
    raise Http404


urlpatterns = [
    path("login/", login_not_required(rate_limit(action="login")(account.request_login_code)), name="account_login"),
    path("login/code/confirm/", account.confirm_login_code, name="account_confirm_login_code"),
    path(
        "login/code/",
        login_not_required(RedirectView.as_view(pattern_name="account_login", query_string=True)),
        name="account_request_login_code",
    ),
    path("logout/", account.logout, name="account_logout"),
    path("reauthenticate/", RedirectView.as_view(pattern_name="mfa_reauthenticate", query_string=True), name="account_reauthenticate"),
    path("2fa/totp/activate/", second_factor.activate_totp, name="mfa_activate_totp"),
    path("2fa/webauthn/add/", second_factor.add_webauthn, name="mfa_add_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", second_factor.edit_webauthn, name="mfa_edit_webauthn"),
    path("2fa/", include("allauth.mfa.urls")),
    path("inactive/", closed, name="account_inactive"),
    path("signup/", closed, name="account_signup"),
    path("email/", closed, name="account_email"),
    path("confirm-email/", closed, name="account_email_verification_sent"),
    path("password/change/", closed, name="account_change_password"),
    path("password/set/", closed, name="account_set_password"),
    path("password/reset/", closed, name="account_reset_password"),
]
