"""Every address of the portal. Pages are private unless their view says `login_not_required`."""

from allauth.account.views import request_login_code
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from config import views

urlpatterns = [
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
    path("language/", views.set_language, name="set_language"),
    # Nobody has a password, so the log-in page is the one that sends a code.
    path("accounts/login/", login_not_required(request_login_code), name="account_login"),
    path("accounts/login/code/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "config.views.bad_request"
handler403 = "config.views.permission_denied"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"

if settings.DEMO_DOORS:
    urlpatterns.append(path("demo/", include("config.demo_urls")))
